// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import LocalScheduler
internal import WorkerMonitor

/// `worker-monitor run`: one command as a job.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs one command as a job and monitors it.",
        usage: "worker-monitor run [<options>] -- <command> [<argument> ...]",
        discussion: """
            EXAMPLES
              worker-monitor run -- make -j4
              worker-monitor run --deadline 3600 --log-dir /var/log/builds -- ./build.sh
              worker-monitor run --exit-codes import --json -- ./import-everything

            The command gets a terminal of its own, so that its output is not held back, and a session of its \
            own, so that all of it can be ended. It must not need anybody to type.
            """
    )

    @OptionGroup var options: MonitorOptions

    @Option(
        help: ArgumentHelp(
            "What the command's exit code means: plain (0 is SUCCESS, all else FAILURE) or import.",
            valueName: "table"
        )
    )
    var exitCodes = ExitCodeTable.plain

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The command and its arguments, after two dashes.", valueName: "command")
    )
    var command: [String] = []

    func validate() throws {
        guard let program = self.command.first else {
            throw ValidationError(
                "There is no command. Put it after two dashes: worker-monitor run -- make"
            )
        }
        guard !program.isEmpty else { throw ValidationError("The command's name is empty.") }
    }

    func run() throws {
        let session = JobSession(
            order: .command(self.command),
            configuration: self.options.configuration(exitCodes: self.exitCodes, workerCommand: []),
            options: self.options,
            title: self.command.joined(separator: " ")
        )
        throw session.run()
    }
}
