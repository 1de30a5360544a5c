// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Reactor

/// The owner of heartbeats: it sends them, and ends the worker when they fail for too long.
protocol HeartbeatsDelegate: AnyObject {
    /// Runs `body` once all earlier notifications have finished.
    ///
    /// An error of `body` ends the worker.
    @discardableResult
    func runNotification(_ body: @escaping () throws -> Deferred<Void>) -> Deferred<Void>

    /// Sends one heartbeat with the newest tail to the scheduler.
    func sendHeartbeat() -> Deferred<Void>

    /// Ends the worker because of an error.
    func stopWorker(because error: any Error)
}

/// The error of a worker whose heartbeats the scheduler has not accepted for too long.
///
/// The worker is ended so early that it is gone before the lease of the job expires.
public struct HeartbeatsNotAccepted: Error, Sendable, CustomStringConvertible {
    /// The time since the last accepted heartbeat was sent, or since the start of the lease.
    public var age: Duration
    /// The error of the last heartbeat that failed since the last accepted one, or `nil` if none
    /// has failed.
    public var lastError: (any Error)?

    init(age: Duration, lastError: (any Error)?) {
        self.age = age
        self.lastError = lastError
    }

    /// The age and the last error, in whole sentences.
    public var description: String {
        let reason = self.lastError.map { " The last attempt failed: \($0)" } ?? ""
        return "The scheduler has accepted no heartbeat for \(self.age).\(reason)"
    }
}

/// The heartbeats of one job: the first is sent at once, the others at fixed intervals.
///
/// At most one heartbeat is in progress and at most one is queued. A queued heartbeat carries the
/// tail of the moment at which it is sent. A heartbeat that fails is repeated after 1, 2, 4, …
/// seconds, in addition to the regular ones. ``NoSuchCodeImportJob`` ends the worker at once. Other
/// failures end it when the last accepted heartbeat is older than
/// ``WorkerMonitorConfiguration/fenceAge``. (Launchpad's worker monitor killed the worker at the
/// first failure of any kind, and queued heartbeats without bound.)
final class Heartbeats {
    /// The lateness of the fence after which the program was certainly stopped or suspended.
    private static let stopLateness: Duration = .seconds(1)
    /// The time in which the heartbeat after such a stop must be accepted.
    private static let lastAttemptLimit: Duration = .seconds(5)

    // The reference is weak, because the delegate owns this object, but a call in progress keeps
    // this object alive until the call fires or times out, which may be later than the end of
    // the delegate.
    private weak var delegate: (any HeartbeatsDelegate)?
    private let clock: any ReactorTime
    private let configuration: WorkerMonitorConfiguration
    private let logger: Logger
    private var loop: LoopingCall?
    private var retry: DelayedCall?
    private var fence: DelayedCall?
    /// The call in progress.
    ///
    /// It has a time limit, because the call and this object keep each other alive until the
    /// call fires.
    private var call: Deferred<Void>?
    /// Whether a heartbeat is in progress, or waits in the queue of notifications.
    private var isPending = false
    /// Whether another heartbeat became due while one was pending.
    private var isWanted = false
    private var isStopped = false
    private var failuresInARow = 0
    private var lastError: (any Error)?
    /// The time at which the last accepted heartbeat was sent.
    ///
    /// The scheduler recorded the heartbeat at this time or later, so the age of the lease is
    /// never underestimated.
    private var lastAccepted: Duration
    /// How many heartbeats the scheduler has accepted.
    private(set) var accepted = 0

    init(
        delegate: any HeartbeatsDelegate,
        clock: any ReactorTime,
        configuration: WorkerMonitorConfiguration,
        logger: Logger
    ) {
        self.delegate = delegate
        self.clock = clock
        self.configuration = configuration
        self.logger = logger
        self.lastAccepted = clock.now
    }

    deinit {
        self.stop()
    }

    /// Sends the first heartbeat, and the others at fixed intervals from now.
    ///
    /// - Parameter leaseStart: The time at which the scheduler's lease of the job started, or `nil`
    ///   if it starts now.
    func start(since leaseStart: Duration? = nil) {
        self.lastAccepted = leaseStart ?? self.clock.now
        self.armFence()
        let loop = LoopingCall(clock: self.clock) { [weak self] in self?.sendOrQueue() }
        self.loop = loop
        loop.start(interval: self.configuration.heartbeatInterval).whenFired { _ in }
    }

    /// Stops the heartbeats.
    ///
    /// A queued heartbeat is not sent.
    func stop() {
        self.isStopped = true
        self.loop?.stop()
        self.retry?.cancel()
        self.fence?.cancel()
    }

    /// Cancels the call in progress, if there is one.
    func cancelCall() {
        self.call?.cancel()
    }

    /// Sends a heartbeat now, or queues it if another one is pending.
    func sendOrQueue() {
        guard !self.isStopped else { return }
        self.retry?.cancel()
        guard !self.isPending else {
            self.isWanted = true
            return
        }
        self.isPending = true
        self.delegate?.runNotification { [weak self] in
            guard let self, !self.isStopped else { return .succeeded(()) }
            return self.attempt()
        }
    }

    private func attempt() -> Deferred<Void> {
        guard let delegate = self.delegate else { return .succeeded(()) }
        let sent = self.clock.now
        let call = delegate.sendHeartbeat().addTimeout(
            self.configuration.schedulerTimeout,
            waitingFor: "the response to a heartbeat",
            clock: self.clock
        )
        self.call = call
        return call.addBoth { [self] result in
            self.call = nil
            self.isPending = false
            switch result {
            case .success: self.recordSuccess(sent)
            case .failure(let error as NoSuchCodeImportJob):
                self.stop()
                throw error
            case .failure(let error): self.recordFailure(error)
            }
            self.sendQueued()
        }
    }

    private func sendQueued() {
        guard self.isWanted, !self.isStopped else { return }
        self.isWanted = false
        // The next heartbeat cannot be sent here, inside the notification of this one: it would
        // wait for this notification to finish.
        self.retry = self.clock.callLater(.zero) { [weak self] in self?.sendOrQueue() }
    }

    private func recordSuccess(_ sent: Duration) {
        self.accepted += 1
        self.failuresInARow = 0
        self.lastError = nil
        self.lastAccepted = sent
        self.armFence()
    }

    private func recordFailure(_ error: any Error) {
        self.failuresInARow += 1
        self.lastError = error
        self.logger.warning(
            "The scheduler did not accept a heartbeat. Another attempt follows.",
            metadata: ["error": "\(error)", "failures in a row": "\(self.failuresInARow)"]
        )
        guard !self.isStopped, !self.isWanted else { return }
        // The pause doubles with each failure: 1, 2, 4, … seconds. A pause as long as the interval
        // would add nothing to the regular heartbeats.
        let delay = Duration.seconds(1 << min(self.failuresInARow - 1, 10))
        guard delay < self.configuration.heartbeatInterval else { return }
        self.retry = self.clock.callLater(delay) { [weak self] in self?.sendOrQueue() }
    }

    /// Schedules the end of the worker for the time at which the last accepted heartbeat will be
    /// too old.
    private func armFence() {
        self.fence?.cancel()
        guard !self.isStopped else { return }
        let due = self.lastAccepted + self.configuration.fenceAge
        self.fence = self.clock.callLater(due - self.clock.now) { [weak self] in
            guard let self else { return }
            if self.clock.now - due > Self.stopLateness {
                self.tryOnceMore()
            } else {
                self.giveUp()
            }
        }
    }

    /// Sends a heartbeat, and ends the worker if that one is not accepted in time either.
    ///
    /// The fence is late if the program was stopped (SIGSTOP) or the machine was suspended, and
    /// then no heartbeat has failed. The worker ran on meanwhile. If the scheduler still has the
    /// job, no other attempt was started. Otherwise the heartbeat fails with
    /// ``NoSuchCodeImportJob``, which ends the worker at once.
    private func tryOnceMore() {
        self.fence = self.clock.callLater(Self.lastAttemptLimit) { [weak self] in self?.giveUp() }
        self.sendOrQueue()
    }

    private func giveUp() {
        let age = self.clock.now - self.lastAccepted
        self.delegate?.stopWorker(
            because: HeartbeatsNotAccepted(age: age, lastError: self.lastError)
        )
    }
}
