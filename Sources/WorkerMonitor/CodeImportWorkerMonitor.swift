// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Logging
internal import Protocols
public import Reactor

/// Runs one job from its start to its finish: asks the scheduler what to do, starts the worker,
/// watches it, and tells the scheduler how it ended.
///
///     let monitor = CodeImportWorkerMonitor(jobID: 7, scheduler: scheduler, reactor: reactor, …)
///     monitor.run().whenFired { outcome in … }
///
/// ``run()`` never fails: whatever goes wrong is in the outcome, and the job is finished on every
/// path, except that a job that the scheduler does not know (any more) is left alone.
public final class CodeImportWorkerMonitor: WorkerMonitoring {
    /// The abilities of the reactor that a monitor needs.
    public typealias MonitorReactor = ReactorProcess & ReactorThreads & ReactorTime

    /// How the job is monitored.
    public let configuration: WorkerMonitorConfiguration
    /// When this monitor was made, which is soon after its job was claimed.
    public let leaseStart: Duration?
    let jobID: Int64
    let scheduler: any CodeImportScheduler
    let reactor: any MonitorReactor
    let spool: ReportSpool?
    let logger: Logger
    private let makeLog: (CodeImportJobData) throws -> any JobLogSink

    // Each is set once, as the job goes on.
    private(set) var log: (any JobLogSink)?
    // Weak: the reactor keeps the worker until its end, and the worker keeps us.
    private(set) weak var worker: CodeImportWorkerMonitorProtocol?
    private(set) var data: CodeImportJobData?
    private(set) var stage = MonitorProgress.Stage.preparing
    private var finalProgress: MonitorProgress?

    // Who wants it to stop.
    var interruption: MonitorInterrupted?
    /// Set by a second interruption: no more patience.
    var isInHaste = false
    /// Cancels the call that ``cancellable(_:)`` was given.
    var cancelCall: (() -> Void)?

    /// Makes a monitor for a job that this machine has claimed.
    ///
    /// - Parameters:
    ///   - jobID: the attempt.
    ///   - scheduler: where the job came from.
    ///   - reactor: runs the worker, tells the time.
    ///   - configuration: how to monitor.
    ///   - spool: keeps the report if the scheduler stays away; nil: it is lost then, and said so.
    ///   - logger: where the monitor's own messages go.
    ///   - makeLog: opens the job's log.
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

    /// Runs the job to its end; call it once.
    ///
    /// - Returns: a deferred that fires with the outcome, and never fails.
    public func run() -> Deferred<MonitorOutcome> {
        self.getWorkerArguments()
            .chain { arguments in self.launch(arguments) }
            .addBoth { result -> (any Error)? in
                if case .failure(let error) = result { error } else { nil }
            }
            .chain { failure in self.callFinishJob(failure) }
    }

    /// Asks the scheduler what the worker is to do; tried again if it does not answer.
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

    /// Tells the scheduler that the job lives.
    public func updateHeartbeat(_ logTail: String) -> Deferred<Void> {
        self.scheduler.updateHeartbeat(self.jobID, logTail: logTail)
    }

    /// What can be said about the job now.
    public var progress: MonitorProgress {
        if let final = self.finalProgress { return final }
        let isStopping = self.stage == .running && self.worker?.isTerminating == true
        let lines = self.worker?.tailText.split(separator: "\n") ?? []
        return MonitorProgress(
            stage: isStopping ? .stopping : self.stage,
            elapsed: self.worker?.startTime.map { self.reactor.now - $0 } ?? .zero,
            outputBytes: self.log?.outputBytes ?? 0,
            lastLine: lines.last.map(String.init) ?? ""
        )
    }

    // MARK: - Parts

    private func launch(_ arguments: [String]) -> Deferred<ProcessEnd> {
        do {
            // The order to stop may have come together with the answer.
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
        try self.reactor.spawnProcess(worker, self.configuration.request(arguments))
        self.worker = worker
        self.stage = .running
        return deferred
    }

    func beginStopping() { self.stage = .stopping }

    func beginFinishing() {
        self.stage = .finishing
        self.finalProgress = self.progress
    }

    static func isPassing(_ error: any Error) -> Bool {
        switch error {
        case is NoSuchCodeImportJob, is CancelledError: false
        case let error as any LastingSchedulerFailure: !error.isLasting
        default: true
        }
    }

    /// For calls that may be repeated: until they work, or the patience is over.
    var retry: Retry {
        let timeout = self.configuration.schedulerTimeout
        return Retry(
            clock: self.reactor,
            timeout: self.isInHaste ? min(timeout, .seconds(1)) : timeout,
            patience: self.isInHaste ? .zero : self.configuration.finishPatience,
            isPassing: Self.isPassing,
            willRetry: { [logger] error, pause in
                logger.warning(
                    "The scheduler did not take a call; it is tried again.",
                    metadata: ["error": "\(error)", "in": "\(pause)"]
                )
            }
        )
    }
}
