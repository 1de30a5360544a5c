// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
package import Reactor

/// The standard streams of a worker.
///
/// Standard error always goes to the same log as standard output.
public enum WorkerStreams: Sendable, Hashable, CaseIterable {
    /// A terminal for output, and no input.
    ///
    /// The worker does not buffer its output. A worker that reads its input reads the end of the
    /// input, and it has no controlling terminal, so a prompt on `/dev/tty` fails at once.
    case outputTerminal

    /// A controlling terminal, which is also the input.
    ///
    /// Use it for programs that need `/dev/tty`. A worker that prompts for input waits until its
    /// inactivity timeout, because nobody answers.
    case terminal

    /// One pipe for the output, and no input.
    ///
    /// Most programs buffer their output on a pipe, which looks like inactivity.
    case pipes

    /// The streams of a request.
    package var childStreams: ChildStreams {
        switch self {
        case .outputTerminal: .outputTerminal()
        case .terminal: .terminal()
        case .pipes: .descriptors([0: .null, 1: .read, 2: .sameAs(1)])
        }
    }
}

/// The settings of a monitor.
///
/// The defaults are those of Launchpad's worker monitor, as far as it has the same setting.
public struct WorkerMonitorConfiguration: Sendable, Hashable {
    /// The worker program and its fixed arguments, which precede the arguments of the job.
    ///
    /// If the list is empty, as it is by default, the arguments of the job are the complete
    /// command line.
    public var workerCommand: [String] = []

    /// How long the worker may write no output before it is stopped, or `nil` for no limit.
    ///
    /// Default: one hour.
    public var inactivityTimeout: Duration? = .seconds(3600)

    /// How long the worker may run in total before it is stopped, or `nil`, the default, for
    /// no limit.
    public var deadline: Duration?

    /// The interval between heartbeats.
    ///
    /// Default: 30 seconds.
    public var heartbeatInterval: Duration = .seconds(30)

    /// How long the scheduler may take to respond to one call.
    ///
    /// Default: 30 seconds.
    public var schedulerTimeout: Duration = .seconds(30)

    /// How long after the last heartbeat the scheduler may reclaim the job.
    ///
    /// This must be the setting of the scheduler. The worker is stopped earlier; see ``fenceAge``.
    /// Default: 300 seconds.
    public var reclaimAge: Duration = .seconds(300)

    /// How long the worker may take to react to SIGINT before it receives SIGKILL.
    ///
    /// Default: 5 seconds.
    public var killAfter: Duration = .seconds(5)

    /// How long to wait after SIGKILL before a process is given up.
    ///
    /// Default: 5 seconds.
    public var giveUpAfter: Duration = .seconds(5)

    /// How long other processes may write output after the worker has exited.
    ///
    /// After that, the rest of the worker's process group is ended, and the output is closed.
    /// Default: 1 second.
    public var drain: Duration = .seconds(1)

    /// How long a failing call to the scheduler is repeated, except for heartbeats.
    ///
    /// The limit applies to each of the calls before the start of the worker and after its end. A
    /// finish that has reached the limit is saved in the ``ReportSpool``. Default: 60 seconds.
    public var finishWaitLimit: Duration = .seconds(60)

    /// The standard streams of the worker.
    ///
    /// Default: ``WorkerStreams/outputTerminal``.
    public var streams = WorkerStreams.outputTerminal

    /// The rule that maps the exit code of the worker to a status.
    ///
    /// Default: ``ExitCodeTable/import``.
    public var exitCodes = ExitCodeTable.import

    /// The environment variables that are set for the worker, or removed if the value is `nil`.
    ///
    /// The worker inherits all other variables. Default: ``defaultEnvironment``.
    public var environment: [String: String?] = WorkerMonitorConfiguration.defaultEnvironment

    /// The working directory of the worker, or `nil`, the default, for that of the monitor.
    public var workingDirectory: String?

    /// The maximum length of the tail in a heartbeat or report, in bytes of UTF-8.
    ///
    /// Default: 8 KiB.
    public var tailLimit = LogTail.defaultLimit

    /// Creates a configuration with the default settings.
    public init() {}

    /// Variables for a worker without a user: no prompt of git, no pager, and no colors.
    ///
    /// `GPG_TTY` is removed, because it names the terminal of the operator, on which GnuPG would
    /// otherwise ask for a passphrase.
    public static var defaultEnvironment: [String: String?] {
        [
            "TERM": "dumb", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat", "PAGER": "cat",
            "GPG_TTY": nil,
        ]
    }

    /// The age of the last accepted heartbeat at which the worker is stopped.
    ///
    /// The rest of ``reclaimAge`` is long enough to kill the worker and to drain its output. So the
    /// worker is gone before the scheduler reclaims the job and another attempt starts. The age is
    /// at least half of ``reclaimAge``, even if that leaves less time.
    public var fenceAge: Duration {
        let early = self.reclaimAge - self.killAfter - self.giveUpAfter - self.drain
        return max(early, self.reclaimAge / 2)
    }

    /// Returns the request that starts the worker.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of the job.
    ///   - resultFile: The path of the ``WorkerResultFile``, or `nil` if the worker gets none.
    func request(_ arguments: [String], resultFile: String? = nil) -> SpawnRequest {
        let command = self.workerCommand + arguments
        var request = SpawnRequest(command.first ?? "", Array(command.dropFirst()))
        request.environment = .inheriting(
            changes: self.environment.merging(self.variables(resultFile)) { $1 }
        )
        request.workingDirectory = self.workingDirectory
        request.streams = self.streams.childStreams
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

    /// Returns the variables that tell an import worker about its monitor.
    ///
    /// A plain command gets none, also if this monitor is itself the worker of another one.
    private func variables(_ resultFile: String?) -> [String: String?] {
        let isImport = self.exitCodes == .import
        let silence = isImport ? self.inactivityTimeout.map { "\($0 / .seconds(1))" } : nil
        var result: [String: String?] = [:]
        result.updateValue(resultFile, forKey: WorkerResult.fileVariable)
        result.updateValue(silence, forKey: WorkerResult.inactivityVariable)
        return result
    }
}
