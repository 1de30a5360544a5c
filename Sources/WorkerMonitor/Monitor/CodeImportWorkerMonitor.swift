// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Logging
internal import Protocols
public import Reactor

/// A monitor that runs one job from its start to its finish.
///
/// The monitor asks the scheduler for the job's data, starts the worker, supervises it, and reports
/// the result to the scheduler:
///
/// ```swift
/// let monitor = CodeImportWorkerMonitor(jobID: 7, scheduler: scheduler, reactor: reactor, …)
/// monitor.run().whenFired { outcome in … }
/// ```
///
/// ``run()`` never fails: the outcome contains any error. The job is finished or handed back
/// whatever goes wrong, with one exception: a job that the scheduler no longer knows is left alone,
/// because another attempt may be running.
///
/// A monitor is confined to the reactor's thread.
public final class CodeImportWorkerMonitor: WorkerMonitoring {
    /// The abilities of a reactor that a monitor needs.
    public typealias MonitorReactor = ReactorProcess & ReactorThreads & ReactorTime

    /// The settings of the monitor.
    public let configuration: WorkerMonitorConfiguration
    /// The time at which this monitor was created; never `nil`.
    ///
    /// The scheduler counts the age of the lease from the claim of the job. So a program should
    /// create the monitor soon after it has claimed the job.
    public let leaseStart: Duration?
    let jobID: Int64
    let scheduler: any CodeImportScheduler
    let reactor: any MonitorReactor
    let spool: ReportSpool?
    let logger: Logger
    private let makeLog: (CodeImportJobData) throws -> any JobLogSink

    // Each of these is set once, in the course of the job.
    private(set) var log: (any JobLogSink)?
    // The reference is weak, because the worker refers to the monitor. The reactor keeps the worker
    // alive until it has ended.
    private(set) weak var worker: CodeImportWorkerMonitorProtocol?
    private(set) var data: CodeImportJobData?
    /// The file in which the worker may explain a failure, or `nil` for a plain command.
    private(set) var resultFile: WorkerResultFile?
    /// The count of out-of-memory kills at the start of the worker, or `nil` if it is unknown.
    private(set) var oomKillsAtStart: Int64?
    /// How many bytes at the end of the log are a message of the monitor about a failure.
    var noteBytes: Int64 = 0
    /// The last lines and the exit code of the worker, once it has ended; see ``MonitorOutcome``.
    var (lastLines, shellExitCode): (String, Int32?) = ("", nil)
    private(set) var stage = MonitorProgress.Stage.preparing
    /// The progress at the end of the worker, or `nil` before.
    private(set) var finalProgress: MonitorProgress?

    /// The first signal to stop, or `nil` if there was none.
    var interruption: MonitorInterrupted?
    /// Whether a second signal has arrived, so that the monitor no longer waits for anything.
    var isExpedited = false
    /// Cancels the call that was passed to `cancellable(_:)`, or `nil` if no call is in progress.
    var cancelCall: (() -> Void)?

    /// Creates a monitor for a job that this machine has claimed.
    ///
    /// - Parameters:
    ///   - jobID: The id of the attempt.
    ///   - scheduler: The scheduler of the job.
    ///   - reactor: The reactor that runs the worker, and whose clock schedules all waits.
    ///   - configuration: The settings of the monitor.
    ///   - spool: The folder for a report that the scheduler does not accept, or `nil` if such a
    ///     report is only part of the outcome.
    ///   - logger: The logger for the monitor's own messages.
    ///   - makeLog: Creates the job's log. If it throws, the worker is not started.
    public init(
        jobID: Int64,
        scheduler: any CodeImportScheduler,
        reactor: any MonitorReactor,
        configuration: WorkerMonitorConfiguration,
        spool: ReportSpool? = nil,
        logger: Logger = Logger(label: "worker-monitor"),
        makeLog: @escaping (CodeImportJobData) throws -> any JobLogSink
    ) {
        self.jobID = jobID
        self.scheduler = scheduler
        self.reactor = reactor
        self.configuration = configuration
        self.leaseStart = reactor.now
        self.spool = spool
        self.logger = logger
        self.makeLog = makeLog
    }

    /// Runs the job to its end.
    ///
    /// Call it once.
    ///
    /// Cancelling the deferred does the same as ``interrupt(_:)`` with SIGTERM: the worker is
    /// stopped and the job is handed back. The deferred then fails with `CancelledError` at once,
    /// and a reactor that is asked to stop meanwhile waits until the job has been handed back.
    ///
    /// - Returns: A deferred that fires with the outcome, and fails only if it is cancelled.
    public func run() -> Deferred<MonitorOutcome> {
        let ended = Deferred<Void>()
        let outcome = Deferred<MonitorOutcome> { [weak self] _ in
            (self?.reactor as? any ReactorCore)?.addAsyncTrigger(before: .shutdown) { ended }
            self?.interrupt(.terminate)
        }
        self.runToEnd().whenFired { result in
            // A deferred that was cancelled has its result already.
            if outcome.isPending { outcome.resolve(with: result) }
            ended.succeed()
        }
        return outcome
    }

    private func runToEnd() -> Deferred<MonitorOutcome> {
        self.getWorkerArguments()
            .chain { arguments in self.launch(arguments) }
            .addBoth { result -> (any Error)? in
                if case .failure(let error) = result { error } else { nil }
            }
            .chain { failure in self.callFinishJob(failure) }
    }

    /// Asks the scheduler for the job's data and returns the arguments in it.
    ///
    /// The call is repeated after temporary failures.
    func getWorkerArguments() -> Deferred<[String]> {
        if let interruption = self.interruption { return .failed(interruption) }
        let call = self.retry.run { self.scheduler.getImportDataForJobID(self.jobID) }
        return self.cancellable(call)
            .addErrback { error in
                if error is NoSuchCodeImportJob { throw error }
                throw self.interruption ?? PreparationFailed(cause: .heartbeatFailed, reason: error)
            }
            .addCallback { data in
                self.data = data
                return data.arguments
            }
    }

    /// Sends a heartbeat of the job to the scheduler.
    public func updateHeartbeat(_ logTail: String) -> Deferred<Void> {
        self.scheduler.updateHeartbeat(self.jobID, logTail: logTail)
    }

    // MARK: - Starting the worker

    private func launch(_ arguments: [String]) -> Deferred<ProcessEnd> {
        do {
            // A signal to stop may have arrived in the same turn as the data of the job.
            if let interruption = self.interruption { throw interruption }
            let log = try self.openLog(arguments)
            self.log = log
            return try self.launchProcess(arguments, log)
        } catch {
            return .failed(error)
        }
    }

    private func openLog(_ arguments: [String]) throws -> any JobLogSink {
        do {
            return try self.makeLog(self.data ?? CodeImportJobData(arguments: arguments))
        } catch {
            throw PreparationFailed(cause: .logFailed, reason: error)
        }
    }

    private func launchProcess(
        _ arguments: [String],
        _ log: any JobLogSink
    ) throws -> Deferred<ProcessEnd> {
        let deferred = Deferred<ProcessEnd>()
        let worker = CodeImportWorkerMonitorProtocol(
            deferred: deferred,
            workerMonitor: self,
            logFile: log,
            clock: self.reactor
        )
        worker.logger = self.logger
        let file = self.configuration.exitCodes == .import ? WorkerResultFile() : nil
        self.resultFile = file
        self.oomKillsAtStart = OutOfMemoryKills.count()
        try self.reactor.spawnProcess(
            worker,
            self.configuration.request(arguments, resultFile: file?.path)
        )
        self.worker = worker
        self.stage = .running
        return deferred
    }

    // MARK: - Stages and retries

    func beginStopping() { self.stage = .stopping }

    func beginFinishing() {
        self.stage = .finishing
        self.finalProgress = self.progress
    }

    static func isTemporary(_ error: any Error) -> Bool {
        switch error {
        case is NoSuchCodeImportJob, is CancelledError: false
        case let error as any LastingSchedulerFailure: !error.isLasting
        default: true
        }
    }

    /// The rules for calls that may be repeated.
    ///
    /// Once the end is expedited, a call gets a single attempt of at most one second.
    var retry: Retry {
        let timeout = self.configuration.schedulerTimeout
        return Retry(
            clock: self.reactor,
            timeout: self.isExpedited ? min(timeout, .seconds(1)) : timeout,
            waitLimit: self.isExpedited ? .zero : self.configuration.finishWaitLimit,
            isTemporary: Self.isTemporary,
            willRetry: { [logger] error, pause in
                logger.warning(
                    "A call to the scheduler failed and will be repeated.",
                    metadata: ["error": "\(error)", "pause": "\(pause)"]
                )
            }
        )
    }
}
