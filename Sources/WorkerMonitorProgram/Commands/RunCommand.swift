// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

public import ArgumentParser
internal import LocalScheduler
internal import ProgramSupport
public import WorkerMonitor

/// The command `worker-monitor run`: runs one command as a job.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run one command as a job, and supervise it.",
        usage: "worker-monitor run [<options>] -- <command> [<argument> ...]",
        discussion: """
            The output of the command goes to a terminal of its own, so that it is not held back \
            in a buffer, and the command has its own session, so that all its processes can be \
            terminated together. There is no one to type: standard input is /dev/null, and \
            /dev/tty cannot be opened, so a prompt fails at once. --terminal gives the command \
            both.

            EXAMPLES
              worker-monitor run -- make -j4
              worker-monitor run --deadline 3600 --log-dir /var/log/builds -- ./build.sh
              worker-monitor run --exit-codes import --json -- ./import-everything
            """
    )

    @OptionGroup var options: MonitorOptions

    @Option(
        help: ArgumentHelp(
            """
            Meaning of the command's exit code: plain (0 is SUCCESS, any other code FAILURE), or \
            import (the codes of code-import-worker).
            """,
            valueName: "table"
        )
    )
    var exitCodes = ExitCodeTable.plain

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("Command and its arguments, after two dashes.", valueName: "command")
    )
    var command: [String] = []

    func validate() throws {
        guard let program = self.command.first else {
            throw ValidationError(
                "No command given. Put it after two dashes: worker-monitor run -- make"
            )
        }
        guard !program.isEmpty else {
            throw ValidationError("The name of the command is empty. Name a program.")
        }
    }

    func run() throws {
        let session = JobSession(
            order: .command(self.command),
            configuration: self.options.configuration(exitCodes: self.exitCodes, workerCommand: []),
            options: self.options,
            title: CommandText.line(self.command)
        )
        throw ExitCode(session.run())
    }
}

/// Makes `plain` and `import` values of the option `--exit-codes`.
extension ExitCodeTable: ExpressibleByArgument {}

#endif
