// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ProgramSupport

/// The program `code-import-worker`: imports one repository and says by its exit code what came of
/// it.
@main
struct CodeImportWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code-import-worker",
        abstract: "Imports one repository, once, and says by its exit code what came of it.",
        usage: "code-import-worker git <url> --into <folder>",
        discussion: """
            Never asks anything: what needs a password or a confirmation fails. Git is the only \
            source type; for another (svn, bzr, cvs, hg ...) it ends with exit code 5.

            EXIT CODES
            \(ExitCodeHelp.table)
            """,
        subcommands: [GitCommand.self]
    )

    // Help with exit code 0 would tell the monitor of new revisions.
    func run() throws {
        throw ValidationError("Name a source type and a repository.")
    }

    static func main() {
        StandardStreams.occupyClosed()
        if let argument = ProgramArguments.firstThatIsNotText {
            Report(descriptor: 2)
                .line(
                    "code-import-worker: The argument \"\(argument)\" is not UTF-8. Rename what it names."
                )
            self.exit(withError: ExitCode.validationFailure)
        }
        let arguments = Array(CommandLine.arguments.dropFirst())
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

    /// Ends the program; what is wrong with the arguments may quote a URL with a password in it.
    private static func end(with error: any Error) -> Never {
        let code = self.exitCode(for: error)
        guard code != .success else { self.exit(withError: error) }
        let lines = self.fullMessage(for: error).split(separator: "\n")
        lines.map(String.init).forEach(Report(descriptor: 2).line)
        self.exit(withError: code)
    }

    /// The source type that `arguments` ask for, if it is one that we cannot import.
    ///
    /// Looked at before the arguments are parsed: the options of another type are not ours to
    /// judge.
    static func unsupportedType(in arguments: [String]) -> String? {
        guard let type = arguments.first, !type.isEmpty, !type.hasPrefix("-") else { return nil }
        return type == "git" || type == "help" ? nil : type
    }
}
