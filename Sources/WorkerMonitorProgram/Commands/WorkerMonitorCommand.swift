// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

package import ArgumentParser
internal import ProgramSupport

/// The command `worker-monitor`.
package struct WorkerMonitorCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "worker-monitor",
        abstract: "Run long jobs, supervise them, and record how each of them ended.",
        discussion: """
            The output of a job goes to a log file of limited size. If a job writes no output for \
            too long, or runs for too long, its process group receives SIGINT and then SIGKILL. \
            The results are kept in a store, a database file that several monitors may share.

            EXIT STATUS
              0    the job succeeded (SUCCESS, SUCCESS_NOCHANGE, SUCCESS_PARTIAL)
              1    the job failed
              64   the command line is wrong or the log folder unusable; no job was created
              69   the store is unavailable, refused the job, or did not accept its result; or
                   a part of the system is missing, and no job was created
              74   the record or the output could not be printed; the store has the result
              75   the job was handed back: a signal arrived, or this machine is at fault

            With --pass-exit-code, the code of the command takes the place of 0 and 1.
            """,
        version: "0.1.0",
        subcommands: [RunCommand.self, ImportCommand.self]
    )

    package init() {}

    /// Parses the arguments of the process, runs the command, and exits.
    package static func main() {
        if let problem = Prerequisites.stackProblem {
            Self.say("worker-monitor: \(problem)")
            Self.exit(withError: ExitCode(ProgramExitCode.unavailable.rawValue))
        }
        ProgramSignals.prepare()
        StandardStreams.occupyClosed()
        ProgramArguments.hideLogins()
        if let argument = ProgramArguments.firstThatIsNotText {
            Self.say(
                "worker-monitor: The argument \"\(argument)\" is not valid UTF-8, so it cannot be passed "
                    + "to the command unchanged. Put the command into a script, and run the script."
            )
            self.exit(withError: ExitCode(ProgramExitCode.usage.rawValue))
        }
        do {
            var command = try self.parseAsRoot(ProgramArguments.texts)
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
        let message = self.fullMessage(for: error)
        if !code.isSuccess, !message.isEmpty {
            Self.say(URLMask.masked(message))
            self.exit(withError: code)
        }
        self.exit(withError: error)
    }

    private static func say(_ message: String) {
        let text = ReadableText.escaped(message, keepsLines: true)
        StandardError.write(text + "\n", waitLimit: StandardError.finalWaitLimit)
    }
}

#endif
