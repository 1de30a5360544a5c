// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The command that git runs for ssh, with the option that forbids questions.
///
/// Git takes the command from GIT_SSH_COMMAND, from the setting core.sshCommand, or from GIT_SSH,
/// in this order. See git(1) and `ssh.variant` in git-config(1).
enum SSHCommand {
    /// The kinds of ssh programs whose options the worker knows.
    private enum Variant {
        case openSSH
        case putty
        case other
    }

    /// Returns the value for GIT_SSH_COMMAND, or `nil` if git should use GIT_SSH.
    ///
    /// - Parameters:
    ///   - own: The environment of the worker.
    ///   - settings: The settings of the operator's git.
    ///   - options: More options, for OpenSSH only.
    static func value(
        from own: [String: String],
        _ settings: GitSettings,
        options: String = ""
    ) -> String? {
        let command =
            own["GIT_SSH_COMMAND"] ?? settings.last(GitSettingKey("core", name: "sshcommand"))
        let program = command == nil ? own["GIT_SSH"] : nil
        let named = own["GIT_SSH_VARIANT"] ?? settings.last(GitSettingKey("ssh", name: "variant"))
        let first = program ?? command.map(Self.firstWord) ?? "ssh"
        let line = program.map(Self.quoted) ?? command ?? "ssh"
        switch Self.variant(named: named, program: first) {
        // ssh uses the first value of an option, so the operator's own options take precedence.
        case .openSSH: return "\(line) -o BatchMode=yes\(options)"
        case .putty: return "\(line) -batch"
        case .other: return command
        }
    }

    /// Determines the variant as git does, except that git also tries whether an unknown program
    /// has the option -G of OpenSSH.
    private static func variant(named name: String?, program: String) -> Variant {
        switch name?.lowercased() {
        case nil, "auto": break
        case "simple": return .other
        case "plink", "putty", "tortoiseplink": return .putty
        default: return .openSSH
        }
        let base = program.split(separator: "/").last?.lowercased() ?? ""
        switch base.hasSuffix(".exe") ? String(base.dropLast(4)) : base {
        case "ssh": return .openSSH
        case "plink", "tortoiseplink": return .putty
        default: return .other
        }
    }

    /// Returns the first word of a shell command, without its quotes.
    private static func firstWord(of command: String) -> String {
        var word = ""
        var quote: Character?
        var rest = command.drop { $0.isWhitespace }
        while let character = rest.popFirst() {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else if quote != "'", character == "\\" {
                word += rest.popFirst().map(String.init) ?? ""
            } else if quote == nil, character.isWhitespace {
                break
            } else {
                word.append(character)
            }
        }
        return word
    }

    /// Returns a text as one word of a shell command.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: #"'\''"#) + "'"
    }
}
