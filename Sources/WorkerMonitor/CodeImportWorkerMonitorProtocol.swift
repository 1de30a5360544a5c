// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Protocols
public import Reactor

/// The protocol of an import worker: writes its output to the job's log, keeps the tail, sends
/// heartbeats.
///
/// The worker is ended when it is silent for too long, when it runs for too long in all, when its
/// output cannot be logged, when the scheduler does not know the job any more, or when no heartbeat
/// was accepted for so long that the job could belong to somebody else. The deferred says which,
/// see `ProcessMonitorProtocol`.
open class CodeImportWorkerMonitorProtocol: ProcessMonitorProtocolWithTimeout {
    // The monitor keeps the protocol's deferred, not the protocol; the reactor keeps the protocol
    // until its end.
    private let workerMonitor: any WorkerMonitoring
    private let logFile: any JobLogSink
    // Each piece of output changes the tail and reads the flag. Neither access calls anything that
    // could come back here (the tail only copies), on the one thread that the protocol is confined
    // to: no two overlap. The run-time check took a quarter of what a piece costs.
    @exclusivity(unchecked) private var tail: LogTail
    @exclusivity(unchecked) private var hasLogFailed = false
    private var heartbeats: Heartbeats?
    private var deadlineCall: DelayedCall?
    /// When the worker was started, on the protocol's clock.
    public private(set) var startTime: Duration?

    /// Makes a protocol for one worker.
    ///
    /// - Parameters:
    ///   - deferred: fires when the worker has ended and all is told.
    ///   - workerMonitor: says how to monitor, and passes heartbeats on.
    ///   - logFile: where output goes; stays the caller's, who closes it.
    ///   - clock: nil: the reactor of the current thread.
    public init(
        deferred: Deferred<ProcessEnd>,
        workerMonitor: any WorkerMonitoring,
        logFile: any JobLogSink,
        clock: (any ReactorTime)? = nil
    ) {
        self.workerMonitor = workerMonitor
        self.logFile = logFile
        let configuration = workerMonitor.configuration
        self.tail = LogTail(limit: configuration.tailLimit)
        super.init(deferred: deferred, timeout: configuration.inactivityTimeout, clock: clock)
        self.waitBeforeKill = configuration.killAfter
        self.waitBeforeGivingUp = configuration.giveUpAfter
    }

    /// The newest lines of the output: valid text, see ``LogTail``.
    public var tailText: String { self.tail.text() }

    /// How many heartbeats the scheduler has accepted.
    public var heartbeatCount: Int { self.heartbeats?.accepted ?? 0 }

    /// Starts the timers and sends the first heartbeat, with an empty tail.
    open override func connectionMade() {
        super.connectionMade()
        self.startTime = self.clock.now
        self.startDeadline()
        let heartbeats = self.makeHeartbeats()
        self.heartbeats = heartbeats
        heartbeats.start(since: self.workerMonitor.leaseStart)
    }

    /// Whether the worker has exited, so that its result can no longer be another.
    var hasExited: Bool { self.end != nil || self.transport?.exit != nil }

    /// Waits no longer for the answer to a heartbeat that is under way.
    func hurryHeartbeat() { self.heartbeats?.hurry() }

    /// Output is a sign of life; it goes to the log and into the tail.
    open override func outReceived(_ data: RawSpan) {
        self.resetTimeout()
        self.tail.append(data)
        guard !self.hasLogFailed else { return }
        do {
            try self.logFile.append(data)
        } catch {
            self.hasLogFailed = true
            self.unexpectedError(error)
        }
    }

    /// The same as output; it is one log.
    open override func errReceived(_ data: RawSpan) {
        self.outReceived(data)
    }

    /// Stops the heartbeats, of which the last one is the monitor's; an override calls super.
    open override func processEnded(_ end: ProcessEnd) {
        self.deadlineCall?.cancel()
        // The base class may fire the deferred in here; what follows must not be needed by its
        // callbacks.
        super.processEnded(end)
        self.heartbeats?.stop()
    }

    private func startDeadline() {
        guard let deadline = self.workerMonitor.configuration.deadline else { return }
        self.deadlineCall = self.callLater(deadline) { [weak self] in
            self?.stopWorker(because: DeadlineExceeded(deadline: deadline))
        }
    }

    /// For what cannot change the result of a worker that has exited.
    private func stopWorker(because error: any Error) {
        if !self.hasExited { self.unexpectedError(error) }
    }

    private func makeHeartbeats() -> Heartbeats {
        Heartbeats(
            clock: self.clock,
            configuration: self.workerMonitor.configuration,
            logger: self.logger,
            hooks: Heartbeats.Hooks(
                notify: { [weak self] in _ = self?.runNotification($0) },
                send: { [workerMonitor] in workerMonitor.updateHeartbeat($0) },
                tail: { [weak self] in self?.tailText ?? "" },
                fatal: { [weak self] in self?.stopWorker(because: $0) }
            )
        )
    }
}
