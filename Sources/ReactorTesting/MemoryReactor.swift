// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
public import Reactor

/// A reactor without a kernel: time moves when the test says so, children are scripts, descriptors
/// are numbers.
///
/// It has every ability of ``LibevReactor`` and shares its timer queue, its life cycle and its
/// rules for the end of a process, so what holds on it holds on the real one; the same contract
/// suites run on both.
///
///     let reactor = MemoryReactor()
///     reactor.programs = { _ in [.write("hello\n"), .exit(3)] }
///     let transport = try reactor.spawnProcess(protocol, SpawnRequest("worker"))
///     reactor.advance(by: .seconds(1))
public final class MemoryReactor: ReactorCore {
    let queue = DelayedCallQueue()
    let lifecycle = Lifecycle()
    let pendingResults: PendingResults
    /// The door for other threads; what comes through it is done in the next turn.
    public let handle: ReactorHandle
    private let wakes: DispatchSemaphore

    /// What has become ready and is told in the next turn.
    private var readyEvents: [() -> Void] = []
    /// Children that are connected at the end of this turn.
    private var newChildren: [() -> Void] = []
    private var isInTurn = false
    var watches: [MemoryWatch] = []
    var pipes: [Int32: MemoryPipe] = [:]
    var nextDescriptor: Int32 = 1_000_000
    var nextPID: Int32 = 1_000_000

    /// What a child does, by what was asked for.
    ///
    /// Throwing makes the spawn fail. Default: exits with code 0.
    public var programs: (SpawnRequest) throws(SpawnError) -> [MemoryStep] = { _ in [.exit(0)] }

    /// How long ``run()`` waits, in real time, for a call from another thread when nothing else is
    /// left.
    public var patience: Duration = .seconds(10)

    /// Every child that was spawned, in order, those that have ended too.
    public internal(set) var processes: [MemoryProcess] = []

    /// Makes a reactor whose clock reads zero.
    public init() {
        let wakes = DispatchSemaphore(value: 0)
        self.wakes = wakes
        self.handle = ReactorHandle(wake: { wakes.signal() })
        self.pendingResults = PendingResults(handle: self.handle)
        self.handle.adoptCurrentThread()
    }

    deinit {
        self.shutDown()
    }

    // MARK: - Time

    /// The time that has been let pass.
    public var now: Duration { .nanoseconds(self.queue.now) }

    /// All calls that are still to run.
    public var delayedCalls: [DelayedCall] { self.queue.pending }

    /// Calls `body` once, `delay` from now; see ``ReactorTime/callLater(_:_:)``.
    @discardableResult
    public func callLater(_ delay: Duration, _ body: consuming @escaping () -> Void) -> DelayedCall
    {
        self.queue.schedule(after: delay.nanoseconds, body)
    }

    /// Lets `duration` pass: runs turns until nothing is left to do at this instant, then at each
    /// deadline on the way.
    ///
    /// - Precondition: `duration` is not negative, and no more than 100,000 turns pass at one
    ///   instant.
    public func advance(by duration: Duration) {
        require(duration >= .zero, "A clock does not run backwards: \(duration).")
        let end = self.queue.now.addingSaturated(duration.nanoseconds)
        CurrentReactor.with(self) {
            self.isInTurn = true
            self.connectNewChildren()
            self.settleInstant()
            while let next = self.queue.earliest, next <= end {
                self.queue.now = max(self.queue.now, next)
                self.settleInstant()
            }
            self.isInTurn = false
        }
        self.queue.now = max(self.queue.now, end)
    }

    // MARK: - ReactorCore

    /// Whether the reactor runs.
    public var isRunning: Bool { self.lifecycle.isRunning }

    /// Runs turns until ``stop()``, jumping from deadline to deadline without waiting.
    ///
    /// With nothing left to do it waits, in real time and up to ``patience``, for a call from
    /// another thread.
    ///
    /// - Precondition: something is left to do: a real reactor would wait for ever.
    public func run() {
        require(!self.isInTurn, "run() was called from inside a turn.")
        CurrentReactor.with(self) {
            self.isInTurn = true
            self.lifecycle.start()
            self.connectNewChildren()
            while true {
                self.lifecycle.stopIfAsked()
                if self.lifecycle.isFinished { break }
                self.turn(atMost: nil)
            }
            self.isInTurn = false
        }
        self.shutDown()
    }

    /// Asks the reactor to stop at the end of this turn.
    public func stop() { self.lifecycle.askToStop() }

    /// Runs one turn; if nothing is ready, time moves to the next deadline, but at most by
    /// `timeout`.
    public func iterate(_ timeout: Duration) {
        require(!self.isInTurn, "iterate() was called from inside a turn.")
        CurrentReactor.with(self) {
            self.isInTurn = true
            self.connectNewChildren()
            self.turn(atMost: self.queue.now.addingSaturated(max(0, timeout.nanoseconds)))
            self.isInTurn = false
        }
    }

    /// Calls `body` as soon as the reactor runs.
    public func callWhenRunning(_ body: @escaping () -> Void) {
        self.lifecycle.callWhenRunning(body)
    }

    /// Registers `body` for a phase of an event.
    @discardableResult
    public func addTrigger(
        _ phase: TriggerPhase,
        _ event: SystemEvent,
        _ body: @escaping () -> Void
    ) -> Trigger {
        self.lifecycle.add(phase, event, .plain(body))
    }

    /// Registers `body` before an event, which waits for its deferred.
    @discardableResult
    public func addAsyncTrigger(
        before event: SystemEvent,
        _ body: @escaping () -> Deferred<Void>
    ) -> Trigger {
        self.lifecycle.add(.before, event, .awaited(body))
    }

    /// Takes a trigger back.
    @discardableResult
    public func removeTrigger(_ trigger: Trigger) -> Bool { self.lifecycle.remove(trigger) }

    /// Lets go of everything, as the real one does at the end of its run.
    ///
    /// - Precondition: not called from inside a turn.
    public func shutDown() {
        require(!self.isInTurn, "shutDown() was called from inside a turn; use stop().")
        self.handle.close()
        self.pendingResults.close()
        for process in self.processes { process.tearDown() }
        self.removeAllWatches()
        self.readyEvents = []
        self.newChildren = []
        self.queue.removeAll()
        self.lifecycle.removeAll()
    }

    // MARK: - Turns

    /// Queues something that the kernel would report; it is told in the next turn, before delayed
    /// calls.
    func report(_ event: @escaping () -> Void) { self.readyEvents.append(event) }

    /// Queues the connection of a child's protocol.
    func reportNewChild(_ connect: @escaping () -> Void) { self.newChildren.append(connect) }

    private var isSomethingReady: Bool {
        !self.readyEvents.isEmpty || !self.newChildren.isEmpty || self.handle.hasMessages
            || self.watches.contains(where: \.isReady)
            || (self.queue.earliest.map { $0 <= self.queue.now } ?? false)
    }

    /// One turn: waits by moving the clock, never beyond `limit`.
    private func turn(atMost limit: Int64?) {
        if !self.isSomethingReady { self.moveToNextEvent(limit) }
        self.performTurn()
    }

    private func moveToNextEvent(_ limit: Int64?) {
        switch (self.queue.earliest, limit) {
        case (let next?, let limit?): self.queue.now = max(self.queue.now, min(next, limit))
        case (let next?, nil): self.queue.now = max(self.queue.now, next)
        case (nil, let limit?): self.queue.now = max(self.queue.now, limit)
        case (nil, nil):
            let end = DispatchTime.now() + .nanoseconds(Int(self.patience.nanoseconds))
            let woken = self.wakes.wait(timeout: end)
            require(
                woken == .success,
                "Nothing is left to do: a real reactor would wait for ever."
            )
        }
    }

    /// The steps of a turn after its wait, in the order of Docs/TheLoop.md.
    private func performTurn() {
        self.handle.runMessages(
            stop: { self.stop() },
            deliver: { self.pendingResults.deliver($0, $1) }
        )
        let events = self.readyEvents
        self.readyEvents = []
        for event in events { event() }
        for watch in self.watches where watch.isReady { watch.fire() }
        self.queue.runDue()
        self.connectNewChildren()
    }

    private func connectNewChildren() {
        let connections = self.newChildren
        self.newChildren = []
        for connect in connections { connect() }
    }

    private func settleInstant() {
        var turns = 0
        while self.isSomethingReady {
            self.performTurn()
            turns += 1
            require(
                turns < 100_000,
                "100,000 turns at the same instant: something is ready for ever."
            )
        }
    }
}

@available(*, unavailable, message: "A memory reactor belongs to the thread of its test.")
extension MemoryReactor: Sendable {}

extension MemoryReactor: ReactorThreads {
    /// Runs `work` on the reactor's own thread, in the next turn: a test needs no threads and no
    /// waiting.
    public func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value> {
        let (number, deferred) = self.pendingResults.expect(Value.self)
        self.report { [pendingResults] in
            pendingResults.deliver(number, Result(catching: { try work() }))
        }
        return deferred
    }
}
