// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import ArgumentParser
internal import WorkerMonitor

/// The options of every command that runs a job.
struct MonitorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Database file of the jobs, created if missing; several monitors may share it.",
            valueName: "file"
        )
    )
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Folder of the job logs, created if missing (default: logs, in the store's folder).",
            valueName: "folder"
        )
    )
    var logDir: String?

    private static let usual = (
        inactivityTimeout: Seconds(3600), heartbeatInterval: Seconds(30), killAfter: Seconds(5),
        drain: Seconds(1)
    )

    @Option(
        help: Seconds.help(
            "Terminate the job after this many seconds without output; 0 disables the limit.",
            default: Self.usual.inactivityTimeout
        ),
        transform: Seconds.parse
    )
    var inactivityTimeout = Self.usual.inactivityTimeout

    @Option(
        help: Seconds.help(
            "Interval between heartbeats to the store.",
            default: Self.usual.heartbeatInterval
        ),
        transform: Seconds.parse
    )
    var heartbeatInterval = Self.usual.heartbeatInterval

    @Option(
        help: Seconds.help(
            "Kill the job if it has not ended this many seconds after the interrupt.",
            default: Self.usual.killAfter
        ),
        transform: Seconds.parse
    )
    var killAfter = Self.usual.killAfter

    @Option(
        help: Seconds.help(
            "Time that the job's other processes get after its exit before they are terminated.",
            default: Self.usual.drain
        ),
        transform: Seconds.parse
    )
    var drain = Self.usual.drain

    @Option(
        help: Seconds.help("Terminate the job after this many seconds in total."),
        transform: Seconds.parse
    )
    var deadline: Seconds?

    @Flag(
        help:
            "Connect the job to pipes instead of a terminal. Many programs then buffer their output."
    )
    var pipes = false

    @Flag(help: "Print only the job's record on standard output, as one JSON object.")
    var json = false

    @Flag(help: "Show no progress and no record.")
    var quiet = false

    mutating func validate() throws {
        guard !self.heartbeatInterval.isZero else {
            throw ValidationError("--heartbeat-interval must be greater than 0 seconds.")
        }
        if let deadline = self.deadline, deadline.isZero {
            throw ValidationError(
                "--deadline must be greater than 0 seconds. Omit the option for no deadline."
            )
        }
        let ending = self.killAfter.duration + self.drain.duration
        guard ending <= .seconds(120) else {
            throw ValidationError(
                "--kill-after and --drain must be at most 120 seconds together: a job whose "
                    + "heartbeats fail must have ended before another monitor gets it."
            )
        }
        // At least two heartbeats must fail in a row before the store gives the job away.
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
        configuration.usesPipes = self.pipes
        configuration.exitCodes = exitCodes
        return configuration
    }
}

#endif
