// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Protocols
public import Reactor

/// The monitor of a worker, as the protocol of the worker sees it.
///
/// ``CodeImportWorkerMonitor`` is the implementation for production. Tests may use another one.
public protocol WorkerMonitoring: AnyObject {
    /// The settings of the monitor.
    var configuration: WorkerMonitorConfiguration { get }

    /// The time at which the lease of the job started, on the clock of the worker's protocol.
    ///
    /// Give a time at which the scheduler certainly knew that the job was alive, for example the
    /// time of the claim. If the value is `nil`, the lease starts when the protocol is connected.
    var leaseStart: Duration? { get }

    /// Sends a heartbeat of the job to the scheduler.
    ///
    /// Fails with ``NoSuchCodeImportJob`` if the job no longer exists.
    func updateHeartbeat(_ logTail: String) -> Deferred<Void>
}

extension WorkerMonitoring {
    /// Always `nil`: the lease starts when the protocol is connected.
    public var leaseStart: Duration? { nil }
}

/// The error of a worker that ran longer than ``WorkerMonitorConfiguration/deadline``.
public struct DeadlineExceeded: Error, Sendable, Hashable, CustomStringConvertible {
    /// The limit on the total run time.
    public var deadline: Duration

    init(deadline: Duration) {
        self.deadline = deadline
    }

    /// A sentence that contains the limit.
    public var description: String {
        "The job ran longer than its deadline of \(self.deadline)."
    }
}

/// The protocol of an import worker.
///
/// This class adds four things to `ProcessMonitorProtocolWithTimeout`:
///
/// - It writes the output to the job's log. Standard error is treated like standard output.
/// - It keeps the tail of the output; see ``LogTail``.
/// - It sends heartbeats with the tail to the scheduler.
/// - It limits the total run time; see ``WorkerMonitorConfiguration/deadline``.
///
/// The worker is ended if it is silent for too long, if it exceeds its deadline, if its output
/// cannot be logged, if the scheduler no longer knows the job, or if the scheduler has accepted no
/// heartbeat for ``WorkerMonitorConfiguration/fenceAge``. The deferred then fails with the reason,
/// as `ProcessMonitorProtocol` describes. A worker that has already exited keeps its result.
///
/// `ProcessProtocol` describes when each hook is called. This class uses ``connectionMade()``,
/// ``outReceived(_:)``, ``errReceived(_:)`` and ``processEnded(_:)``: a subclass that overrides one
/// of them must call `super`.
open class CodeImportWorkerMonitorProtocol: ProcessMonitorProtocolWithTimeout {
    // These references form no cycle: the monitor owns the protocol's deferred but not the
    // protocol, and the reactor owns the protocol until its end.
    private let workerMonitor: any WorkerMonitoring
    private let logFile: any JobLogSink
    // Every chunk of output changes the tail and reads the flag. Two accesses cannot overlap: the
    // protocol is confined to one thread, and neither access calls code that could call the
    // protocol again, since the tail only copies bytes. The run-time check took a quarter of the
    // cost of a chunk.
    @exclusivity(unchecked) private var tail: LogTail
    @exclusivity(unchecked) private var hasLogFailed = false
    private var heartbeats: Heartbeats?
    private var deadlineCall: DelayedCall?
    /// The time at which the worker was started, on the protocol's clock, or `nil` before.
    public private(set) var startTime: Duration?

    /// Creates a protocol for one worker.
    ///
    /// - Parameters:
    ///   - deferred: Fires with the outcome; see `ProcessMonitorProtocol`.
    ///   - workerMonitor: Provides the settings and receives the heartbeats.
    ///   - logFile: The log for the output. The protocol does not close it.
    ///   - clock: The clock for all waits, or `nil` to use the reactor of the current thread.
    public init(
        deferred: Deferred<ProcessEnd>,
        workerMonitor: any WorkerMonitoring,
        logFile: any JobLogSink,
        clock: (any ReactorTime)? = nil
    ) {
        self.workerMonitor = workerMonitor
        self.logFile = logFile
        let configuration = workerMonitor.configuration
        self.tail = LogTail(limit: configuration.tailLimit, lines: Self.lastLineCount)
        super.init(deferred: deferred, timeout: configuration.inactivityTimeout, clock: clock)
        self.waitBeforeKill = configuration.killAfter
        self.waitBeforeGivingUp = configuration.giveUpAfter
    }

    /// The newest lines of the output, as ``LogTail/text()`` returns them.
    public var tailText: String { self.tail.text() }

    /// The last 20 lines of the output, in the form of ``tailText``, for a person who wants to know
    /// why the job has failed.
    var lastLines: String {
        let text = self.tail.text(pieces: Self.lastLineCount + 1)
        // The piece after the last line feed is empty if the last line is complete.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let complete = text.hasSuffix("\n") ? lines.dropLast() : lines[...]
        return complete.suffix(Self.lastLineCount).joined(separator: "\n")
    }

    private static let lastLineCount = 20

    /// How many heartbeats the scheduler has accepted.
    public var heartbeatCount: Int { self.heartbeats?.accepted ?? 0 }

    /// Starts the timers and sends the first heartbeat, with an empty tail.
    open override func connectionMade() {
        super.connectionMade()
        self.startTime = self.clock.now
        self.startDeadline()
        let heartbeats = Heartbeats(
            delegate: self,
            clock: self.clock,
            configuration: self.workerMonitor.configuration,
            logger: self.logger
        )
        self.heartbeats = heartbeats
        heartbeats.start(since: self.workerMonitor.leaseStart)
    }

    /// Whether the worker has exited, so that its result can no longer change.
    var hasExited: Bool { self.end != nil || self.transport?.exit != nil }

    /// Cancels the heartbeat call that is in progress, if there is one.
    func cancelHeartbeat() { self.heartbeats?.cancelCall() }

    /// Resets the inactivity timeout, and adds the output to the log and to the tail.
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

    /// Calls ``outReceived(_:)``, because both streams go to the same log.
    open override func errReceived(_ data: RawSpan) {
        self.outReceived(data)
    }

    /// Stops the heartbeats and the deadline.
    ///
    /// The last heartbeat, with the complete tail, is sent by the monitor and not by the protocol.
    open override func processEnded(_ end: ProcessEnd) {
        self.deadlineCall?.cancel()
        // The deferred may fire inside the call of `super`. Its callbacks must not depend on the
        // statement that follows.
        super.processEnded(end)
        self.heartbeats?.stop()
    }

    /// Stops reading the output, and suspends the inactivity timeout.
    func pauseOutput() {
        guard !self.hasExited else { return }
        self.transport?.pauseProducing()
        self.setTimeout(nil)
    }

    /// Continues reading the output, and starts the inactivity timeout again.
    func resumeOutput() {
        self.transport?.resumeProducing()
        if !self.hasExited, !self.isTerminating { self.setTimeout(self.timeout) }
    }

    private func startDeadline() {
        guard let deadline = self.workerMonitor.configuration.deadline else { return }
        self.deadlineCall = self.callLater(deadline) { [weak self] in
            self?.stopWorker(because: DeadlineExceeded(deadline: deadline))
        }
    }
}

extension CodeImportWorkerMonitorProtocol: HeartbeatsDelegate {
    func sendHeartbeat() -> Deferred<Void> {
        self.workerMonitor.updateHeartbeat(self.tailText)
    }

    /// Ends the worker because of an error, unless the worker has already exited.
    ///
    /// The result of a worker that has exited can no longer change.
    func stopWorker(because error: any Error) {
        if !self.hasExited { self.unexpectedError(error) }
    }
}
