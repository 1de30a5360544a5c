// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import WorkerMonitor

/// The options that every command has that runs a job.
struct MonitorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file of the jobs; several monitors may share it.",
            valueName: "file"
        )
    )
    var store: String?

    @Option(
        help: ArgumentHelp("The folder of the logs; made if it is missing.", valueName: "folder")
    )
    var logDir: String?

    private static let usual = (
        inactivityTimeout: Seconds(3600), heartbeatInterval: Seconds(30), killAfter: Seconds(5),
        drain: Seconds(1)
    )

    @Option(
        help: Seconds.help(
            "Stop a job that writes nothing for so long; 0: never.",
            default: Self.usual.inactivityTimeout
        ),
        transform: Seconds.parse
    )
    var inactivityTimeout = Self.usual.inactivityTimeout

    @Option(
        help: Seconds.help(
            "Tell the store so often that the job lives.",
            default: Self.usual.heartbeatInterval
        ),
        transform: Seconds.parse
    )
    var heartbeatInterval = Self.usual.heartbeatInterval

    @Option(
        help: Seconds.help(
            "Kill a job that has not ended so long after its interrupt.",
            default: Self.usual.killAfter
        ),
        transform: Seconds.parse
    )
    var killAfter = Self.usual.killAfter

    @Option(
        help: Seconds.help(
            "Let what a job has left behind write for so long after its end, then end it too.",
            default: Self.usual.drain
        ),
        transform: Seconds.parse
    )
    var drain = Self.usual.drain

    @Option(
        help: Seconds.help("Stop a job after so long in all."),
        transform: Seconds.parse
    )
    var deadline: Seconds?

    @Flag(
        help: "Give the job pipes instead of a terminal; many programs then hold their output back."
    )
    var pipes = false

    @Flag(help: "Print the job's record as one JSON object, and nothing else, on standard output.")
    var json = false

    @Flag(help: "Show no progress and no record.")
    var quiet = false

    mutating func validate() throws {
        guard !self.heartbeatInterval.isZero else {
            throw ValidationError("--heartbeat-interval must be more than 0 seconds.")
        }
        if let deadline = self.deadline, deadline.isZero {
            throw ValidationError("--deadline must be more than 0 seconds; leave it out for none.")
        }
        let ending = self.killAfter.duration + self.drain.duration
        guard ending <= .seconds(120) else {
            throw ValidationError(
                "--kill-after and --drain must be at most 120 seconds together: a job whose "
                    + "heartbeats fail has to be gone before it is given to another monitor."
            )
        }
        // A beat has to be accepted well before the job may be given to another monitor.
        let longest = WorkerMonitorConfiguration().reclaimAge / 3
        guard self.heartbeatInterval.duration <= longest else {
            let limit = longest.components.seconds
            throw ValidationError(
                "--heartbeat-interval must be at most \(limit) seconds: without a heartbeat for "
                    + "\(limit * 3) seconds a job is given to another monitor."
            )
        }
    }

    /// The monitor's configuration for these options.
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
