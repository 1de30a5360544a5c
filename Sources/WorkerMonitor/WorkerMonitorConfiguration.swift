// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// How a job is monitored.
///
/// The defaults are Launchpad's where it had one.
public struct WorkerMonitorConfiguration: Sendable, Hashable {
    /// What the job's arguments are appended to: the worker program and its fixed arguments.
    ///
    /// Empty: the arguments are the whole command.
    public var workerCommand: [String] = []

    /// The worker is stopped when it writes nothing for so long; nil: it may be silent.
    ///
    /// Default: an hour.
    public var inactivityTimeout: Duration? = .seconds(3600)

    /// The worker is stopped after so long in all, however much it writes; nil, the default: never.
    public var deadline: Duration?

    /// How often the scheduler is told that the job lives.
    ///
    /// Default: 30 s.
    public var heartbeatInterval: Duration = .seconds(30)

    /// How long the scheduler may take to answer one call.
    ///
    /// Default: 30 s.
    public var schedulerTimeout: Duration = .seconds(30)

    /// After how long without a heartbeat the scheduler may give the job to somebody else.
    ///
    /// Default: 300 s. The worker is stopped before that, see ``fenceAge``.
    public var reclaimAge: Duration = .seconds(300)

    /// How long the worker may take to act on SIGINT before it gets SIGKILL.
    ///
    /// Default: 5 s.
    public var killAfter: Duration = .seconds(5)

    /// How long after SIGKILL a process is waited for before it is given up.
    ///
    /// Default: 5 s.
    public var giveUpAfter: Duration = .seconds(5)

    /// How long others may go on writing after the worker has ended; then the rest of its group is
    /// ended.
    ///
    /// Default: 1 s.
    public var drain: Duration = .seconds(1)

    /// For how long a finish that the scheduler does not take is tried again before it is spooled.
    ///
    /// Default: 60 s.
    public var finishPatience: Duration = .seconds(60)

    /// Whether the worker gets pipes instead of a terminal.
    ///
    /// Most programs hold their output back on a pipe, which looks like silence.
    public var usesPipes = false

    /// What the worker's exit code means.
    ///
    /// Default: the import table.
    public var exitCodes = ExitCodeTable.import

    /// Variables that are set for the worker, or removed, beyond those of the monitor.
    public var environment: [String: String?] = WorkerMonitorConfiguration.defaultEnvironment

    /// Where the worker starts; nil: where the monitor is.
    public var workingDirectory: String?

    /// How many bytes of text the tail of the log has at most.
    ///
    /// Default: 8 KiB.
    public var tailLimit = LogTail.defaultLimit

    /// Makes a configuration with the defaults.
    public init() {}

    /// Nobody answers a prompt, and a pager, colours or a progress bar are for a screen.
    public static var defaultEnvironment: [String: String?] {
        ["TERM": "dumb", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat", "PAGER": "cat"]
    }

    /// The age of the last accepted heartbeat at which the worker is stopped, so early that it is
    /// gone, even if it has to be killed, before the job can be given to somebody else.
    public var fenceAge: Duration {
        let early = self.reclaimAge - self.killAfter - self.giveUpAfter - self.drain
        return max(early, self.reclaimAge / 2)
    }

    /// The request that starts the worker.
    func request(_ arguments: [String]) -> SpawnRequest {
        let command = self.workerCommand + arguments
        var request = SpawnRequest(command.first ?? "", Array(command.dropFirst()))
        request.environment = .inheriting(changes: self.environment)
        request.workingDirectory = self.workingDirectory
        request.streams =
            self.usesPipes ? .descriptors([0: .null, 1: .read, 2: .sameAs(1)]) : .terminal()
        request.grouping = .session
        request.diesWithParent = true
        request.exitPolicy = .drain(
            self.drain,
            thenTerminate: GroupTermination(
                grace: min(self.killAfter, self.drain),
                graceAfterOwnersSignal: self.killAfter,
                giveUp: self.giveUpAfter
            )
        )
        return request
    }
}
