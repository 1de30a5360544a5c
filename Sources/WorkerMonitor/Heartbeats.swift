// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Reactor

/// Tells the scheduler regularly that the job lives: the first time at once, then on a grid.
///
/// At most one beat is under way and at most one waits, which carries the tail of the moment when
/// it is sent. A beat that fails is tried again, soon; only "no such job" is fatal at once. When no
/// beat was accepted for so long that the job could belong to somebody else, that is fatal too.
/// (The original killed the worker at the first failure of any kind, and queued without bound;
/// reference W3, W4.)
final class Heartbeats {
    /// What a beat is sent with.
    struct Hooks {
        /// Runs a notification when it is its turn.
        var notify: (@escaping () throws -> Deferred<Void>) -> Void
        /// Sends one beat.
        var send: (String) throws -> Deferred<Void>
        /// The newest lines of the log.
        var tail: () -> String
        /// Something went wrong that ends the job.
        var fatal: (any Error) -> Void
    }

    private let clock: any ReactorTime
    private let configuration: WorkerMonitorConfiguration
    private let hooks: Hooks
    private let logger: Logger
    private var loop: LoopingCall?
    private var retry: DelayedCall?
    private var fence: DelayedCall?
    /// The beat that is under way; it has a deadline, until which it and this keep each other.
    private var call: Deferred<Void>?
    /// One is under way, or waits for its turn.
    private var isPending = false
    /// Another was asked for meanwhile.
    private var isWanted = false
    private var isStopped = false
    private var failuresInARow = 0
    private var lastError: (any Error)?
    /// When the last accepted beat was sent; the scheduler may have noted it no earlier.
    private var lastAccepted: Duration
    /// How many were accepted.
    private(set) var accepted = 0

    init(
        clock: any ReactorTime,
        configuration: WorkerMonitorConfiguration,
        logger: Logger,
        hooks: Hooks
    ) {
        self.clock = clock
        self.configuration = configuration
        self.logger = logger
        self.hooks = hooks
        self.lastAccepted = clock.now
    }

    deinit {
        self.stop()
    }

    /// Sends the first beat, and the others every interval from now.
    ///
    /// - Parameter lease: since when nobody has told the scheduler that the job lives; nil: now.
    func start(since lease: Duration? = nil) {
        self.lastAccepted = lease ?? self.clock.now
        self.armFence()
        let loop = LoopingCall(clock: self.clock) { [weak self] in self?.beat() }
        self.loop = loop
        loop.start(interval: self.configuration.heartbeatInterval).whenFired { _ in }
    }

    /// Sends no more, not even the one that waits.
    func stop() {
        self.isStopped = true
        self.loop?.stop()
        self.retry?.cancel()
        self.fence?.cancel()
    }

    /// Waits no longer for the answer to the beat that is under way.
    func hurry() {
        self.call?.cancel()
    }

    /// One tick.
    func beat() {
        guard !self.isStopped else { return }
        self.retry?.cancel()
        guard !self.isPending else {
            self.isWanted = true
            return
        }
        self.isPending = true
        self.hooks.notify { [weak self] in
            guard let self, !self.isStopped else { return .succeeded(()) }
            return self.attempt()
        }
    }

    private func attempt() -> Deferred<Void> {
        let sent = self.clock.now
        let call = self.send().addTimeout(
            self.configuration.schedulerTimeout,
            waitingFor: "a heartbeat's answer",
            clock: self.clock
        )
        self.call = call
        return call.addBoth { [self] result in
            self.call = nil
            self.isPending = false
            switch result {
            case .success: self.wasAccepted(sent)
            case .failure(let error as NoSuchCodeImportJob):
                self.stop()
                throw error
            case .failure(let error): self.failed(error)
            }
            self.sendWhatIsWanted()
        }
    }

    private func sendWhatIsWanted() {
        guard self.isWanted, !self.isStopped else { return }
        self.isWanted = false
        // Not from inside the notification that is ending: it would wait for itself.
        self.retry = self.clock.callLater(.zero) { [weak self] in self?.beat() }
    }

    private func send() -> Deferred<Void> {
        do { return try self.hooks.send(self.hooks.tail()) } catch { return .failed(error) }
    }

    private func wasAccepted(_ sent: Duration) {
        self.accepted += 1
        self.failuresInARow = 0
        self.lastError = nil
        self.lastAccepted = sent
        self.armFence()
    }

    private func failed(_ error: any Error) {
        self.failuresInARow += 1
        self.lastError = error
        self.logger.warning(
            "A heartbeat was not accepted; it is tried again.",
            metadata: ["error": "\(error)", "failures in a row": "\(self.failuresInARow)"]
        )
        guard !self.isStopped, !self.isWanted else { return }
        // 1, 2, 4 … seconds; the regular beats go on beside it.
        let delay = Duration.seconds(1 << min(self.failuresInARow - 1, 10))
        guard delay < self.configuration.heartbeatInterval else { return }
        self.retry = self.clock.callLater(delay) { [weak self] in self?.beat() }
    }

    private func armFence() {
        self.fence?.cancel()
        guard !self.isStopped else { return }
        let due = self.lastAccepted + self.configuration.fenceAge - self.clock.now
        self.fence = self.clock.callLater(due) { [weak self] in
            guard let self else { return }
            let age = self.clock.now - self.lastAccepted
            self.hooks.fatal(HeartbeatsNotAccepted(age: age, lastError: self.lastError))
        }
    }
}
