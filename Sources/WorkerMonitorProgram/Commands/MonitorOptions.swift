// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import ArgumentParser
internal import WorkerMonitor

/// The options of every command that runs a job.
struct MonitorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Database file of the jobs, created if missing; several monitors may share it \
            (default: $XDG_STATE_HOME/worker-monitor/jobs.sqlite, or \
            ~/.local/state/worker-monitor/jobs.sqlite).
            """,
            valueName: "file"
        )
    )
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Folder of the job logs, created if missing (default: logs, beside the store).",
            valueName: "folder"
        )
    )
    var logDir: String?

    private static let defaults = (
        inactivityTimeout: Seconds(3600), heartbeatInterval: Seconds(30), killAfter: Seconds(5),
        drain: Seconds(1)
    )

    @Option(
        help: Seconds.help(
            "Terminate the job after this many seconds without output; 0 disables the limit",
            default: Self.defaults.inactivityTimeout
        ),
        transform: Seconds.parse
    )
    var inactivityTimeout = Self.defaults.inactivityTimeout

    @Option(
        help: Seconds.help(
            "Interval at which the monitor renews its lease on the job in the store; at most 100",
            default: Self.defaults.heartbeatInterval
        ),
        transform: Seconds.parse
    )
    var heartbeatInterval = Self.defaults.heartbeatInterval

    @Option(
        help: Seconds.help(
            "Send SIGKILL if the job has not ended this many seconds after SIGINT",
            default: Self.defaults.killAfter
        ),
        transform: Seconds.parse
    )
    var killAfter = Self.defaults.killAfter

    @Option(
        help: Seconds.help(
            "Terminate the processes that the command leaves behind this many seconds after it exits",
            default: Self.defaults.drain
        ),
        transform: Seconds.parse
    )
    var drain = Self.defaults.drain

    @Option(
        help: Seconds.help(
            "Terminate the job after this many seconds in total (default: no limit)."
        ),
        transform: Seconds.parse
    )
    var deadline: Seconds?

    @Flag(
        help:
            "Connect the job to a pipe instead of a terminal; many programs then buffer their output."
    )
    var pipes = false

    @Flag(
        help: """
            Give the job a controlling terminal, for programs that need /dev/tty. A program that \
            asks a question there waits until the inactivity timeout, because nobody can answer.
            """
    )
    var terminal = false

    @Flag(help: "Print the record of the job as one JSON object instead of a table.")
    var json = false

    @Flag(
        help: """
            Show no progress, and print no record unless --json is given; if the job fails, print \
            the reason and the last 20 lines of its output.
            """
    )
    var quiet = false

    @Option(
        help: ArgumentHelp(
            """
            Where the job's output goes besides its log: log (nowhere else), live (to standard \
            output while the job runs), or failed (to standard output when the job has failed). \
            With live and failed, the record goes to standard error.
            """,
            valueName: "mode"
        )
    )
    var output = OutputMode.log

    @Flag(help: "Put the time (UTC) in front of each line of the log.")
    var timestamps = false

    @Flag(
        help: """
            Exit with the command's own exit code, or 128 plus the signal that it died from. The \
            exit code is 124 after a time limit, and 126 or 127 if the command cannot be started.
            """
    )
    var passExitCode = false

    // An empty path would mean the current folder. It comes from a variable that is not set.
    static func checkPaths(_ options: [(name: String, value: String?)]) throws {
        for (name, value) in options where value?.isEmpty == true {
            throw ValidationError("\(name) is empty. Name a path, or omit the option.")
        }
    }

    mutating func validate() throws {
        try Self.checkPaths([("--store", self.store), ("--log-dir", self.logDir)])
        guard !self.heartbeatInterval.isZero else {
            throw ValidationError("--heartbeat-interval must be greater than 0 seconds.")
        }
        if let deadline = self.deadline, deadline.isZero {
            throw ValidationError(
                "--deadline must be greater than 0 seconds. Omit the option for no deadline."
            )
        }
        guard !self.pipes || !self.terminal else {
            throw ValidationError(
                "--pipes and --terminal exclude each other. Give one of them, or neither for a "
                    + "terminal without input."
            )
        }
        let ending = self.killAfter.duration + self.drain.duration
        guard ending <= .seconds(120) else {
            throw ValidationError(
                "--kill-after and --drain must be at most 120 seconds together: a job whose "
                    + "heartbeats fail must have ended before another monitor gets it."
            )
        }
        // At least two heartbeats must fail in a row before the store reclaims the job.
        let longest = WorkerMonitorConfiguration().reclaimAge / 3
        guard self.heartbeatInterval.duration <= longest else {
            let limit = longest.components.seconds
            throw ValidationError(
                "--heartbeat-interval must be at most \(limit) seconds: after \(limit * 3) seconds "
                    + "without a heartbeat the store gives the job to another monitor."
            )
        }
    }

    /// Returns the monitor's configuration for these options.
    func configuration(exitCodes: ExitCodeTable, workerCommand: [String])
        -> WorkerMonitorConfiguration
    {
        var configuration = WorkerMonitorConfiguration()
        configuration.workerCommand = workerCommand
        configuration.inactivityTimeout =
            self.inactivityTimeout.isZero ? nil : self.inactivityTimeout.duration
        configuration.heartbeatInterval = self.heartbeatInterval.duration
        configuration.killAfter = self.killAfter.duration
        configuration.drain = self.drain.duration
        configuration.deadline = self.deadline?.duration
        configuration.streams =
            self.pipes ? .pipes : self.terminal ? .terminal : .outputTerminal
        configuration.exitCodes = exitCodes
        return configuration
    }
}

#endif
