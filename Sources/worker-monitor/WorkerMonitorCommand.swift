// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Reactor

/// The program: arguments and wiring, nothing else.
@main
struct WorkerMonitorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker-monitor",
        abstract: "Runs long jobs, watches them, and sees to it that each ends exactly once.",
        discussion: """
            A job's output goes to a log of bounded size. A job that is silent for too long, or runs for too \
            long, is interrupted and then killed, with everything that it has started. How it ended is kept \
            in a store that several monitors may share.

            EXIT STATUS
              0    the job succeeded (SUCCESS, SUCCESS_NOCHANGE, SUCCESS_PARTIAL)
              1    the job failed
              64   the command line is wrong; no job was made
              69   the store is unavailable, or does not know yet how the job ended
              74   the job's record could not be written to standard output; it is in the store
              75   interrupted by a signal; the job, if there was one, was handed back
            """,
        version: "0.1.0",
        subcommands: [RunCommand.self, ImportCommand.self]
    )
    static func main() {
        StandardStreams.occupyClosed()
        if let argument = ProgramArguments.firstThatIsNotText {
            StandardError.write(
                "worker-monitor: The argument \"\(argument)\" is not UTF-8 and would reach the command as "
                    + "another one. Put the command into a script, and run that.\n",
                patience: StandardError.patience
            )
            self.exit(withError: ExitStatus.usage)
        }
        do {
            var command = try self.parseAsRoot()
            try command.run()
        } catch {
            self.end(with: error)
        }
    }

    /// Ends the program; what is wrong with the arguments may quote a URL with a password in it.
    private static func end(with error: any Error) -> Never {
        let code = self.exitCode(for: error)
        let message = self.fullMessage(for: error)
        if !code.isSuccess, !message.isEmpty {
            StandardError.write(URLMask.masked(message) + "\n", patience: StandardError.patience)
            self.exit(withError: code)
        }
        self.exit(withError: error)
    }
}
