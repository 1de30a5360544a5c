// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import ArgumentParser
internal import Glibc
internal import ProgramSupport

/// The program `code-import-worker`: imports one repository, and reports the result by its
/// exit code.
@main
struct CodeImportWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code-import-worker",
        abstract: "Import one repository, and report the result as the exit code.",
        usage: "code-import-worker git <url> --into <folder>",
        discussion: """
            The worker never prompts: an import that needs a password or a confirmation fails. Git \
            is the only supported source type; for any other type (svn, bzr, cvs, hg) the worker \
            exits with code 5.

            EXIT CODES
            \(ExitCodeHelp.table)
            """,
        subcommands: [GitCommand.self]
    )

    // Runs only if the arguments contain no subcommand. By default ArgumentParser would print the
    // help and exit with 0, which tells the monitor that there were new revisions.
    func run() throws {
        throw ValidationError("Name a source type and a repository.")
    }

    static func main() {
        ProgramSignals.prepare()
        StandardStreams.occupyClosed()
        ProgramArguments.hideLogins()
        ControllingTerminal.giveUp()
        // A mirror may contain what its source shows only to this user. Git creates all files with
        // the umask that it inherits.
        umask(0o077)
        if let argument = ProgramArguments.firstThatIsNotText {
            Report(descriptor: 2)
                .line(
                    "code-import-worker: The argument \"\(argument)\" is not valid UTF-8. Rename the file, or use another URL."
                )
            self.exit(withError: ExitCode.validationFailure)
        }
        let arguments = ProgramArguments.texts
        if let type = Self.unsupportedType(in: arguments) {
            Report(descriptor: 2)
                .line("code-import-worker: Source type '\(type)' is not supported; only git is.")
            self.exit(withError: ExitCode(ProgramExitCode.unsupportedFeature.rawValue))
        }
        do {
            var command = try self.parseAsRoot(arguments)
            try command.run()
        } catch {
            self.end(with: error)
        }
    }

    /// Prints an error and exits.
    ///
    /// The message may quote a URL from the command line, so secrets in URLs are masked.
    private static func end(with error: any Error) -> Never {
        let code = self.exitCode(for: error)
        guard code != .success else { self.exit(withError: error) }
        let lines = self.fullMessage(for: error).split(separator: "\n")
        lines.map(String.init).forEach(Report(descriptor: 2).line)
        self.exit(withError: code)
    }

    /// Returns the source type in the arguments if the worker does not support it, or `nil`.
    ///
    /// This check comes before parsing, which would complain about the unknown options of
    /// that type.
    static func unsupportedType(in arguments: [String]) -> String? {
        guard let type = arguments.first, !type.isEmpty, !type.hasPrefix("-") else { return nil }
        return type == "git" || type == "help" ? nil : type
    }
}

#else

internal import ProgramSupport

@main
enum CodeImportWorker {
    static func main() {
        ProgramsTrait.exitWithout(program: "code-import-worker")
    }
}

#endif
