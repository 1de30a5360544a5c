// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
public import Reactor

/// A reactor for tests, which needs neither time, nor threads, nor a kernel.
///
/// Its clock moves only when the test advances it, its children follow scripts, and its descriptors
/// are numbers without a file behind them:
///
///     let reactor = MemoryReactor()
///     reactor.programs = { _ in [.write("hello\n"), .wait(.seconds(5)), .exit(3)] }
///     try reactor.spawnProcess(protocol, SpawnRequest("worker"))
///     reactor.advance(by: .seconds(5))
///     // The protocol has received "hello\n" and the exit code 3.
///
/// It offers the same five abilities as `LibevReactor`, with the same queue of delayed calls, the
/// same life cycle, and the same rules for the end of a process. One contract suite runs on both
/// reactors. `Docs/Testing.md` lists the differences that remain ("What the memory reactor does
/// not do").
///
/// A test can drive it in three ways. ``advance(by:)`` runs turns until an amount of time has
/// passed, without the startup; most tests need nothing else. ``iterate(_:)`` runs one turn.
/// ``run()`` includes the startup and the shutdown, and jumps from deadline to deadline.
public final class MemoryReactor: ReactorCore, ReactorThreads {
    let queue = DelayedCallQueue()
    let lifecycle = Lifecycle()
    let pendingResults: PendingResults
    /// The mailbox for other threads; messages from it are handled in the next turn.
    public let handle: ReactorHandle
    /// Signaled when the first message of a turn arrives in the mailbox.
    private let wakes: DispatchSemaphore

    /// Events that a kernel would report at the end of the next wait, in order.
    private var readyEvents: [() -> Void] = []
    /// Calls that connect the children that were spawned in this turn.
    private var newChildren: [() -> Void] = []
    private var isInTurn = false
    var watches: [MemoryWatch] = []
    /// The open pipes; each is stored under the numbers of both ends.
    var pipes: [Int32: MemoryPipe] = [:]
    var nextDescriptor: Int32 = 1_000_000
    var nextPID: Int32 = 1_000_000

    /// Returns the script of a child that is about to be spawned.
    ///
    /// An error that it throws makes the spawn fail. By default each child exits at once with
    /// code 0.
    ///
    ///     reactor.programs = { request in
    ///         request.executable == "git" ? [.write("done\n"), .exit(0)] : [.exit(127)]
    ///     }
    public var programs: (SpawnRequest) throws(SpawnError) -> [MemoryStep] = { _ in [.exit(0)] }

    /// How much real time ``run()`` waits for a message from another thread when there is nothing
    /// else left to do; 10 seconds by default.
    ///
    /// When the limit is reached, the program stops with a message.
    public var waitLimit: Duration = .seconds(10)

    /// All children that were spawned, in the order in which they were spawned, including those
    /// that have ended.
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

    /// The time that has passed on the clock of this reactor, which starts at zero.
    public var now: Duration { .nanoseconds(self.queue.now) }

    /// All calls that are still to run; see `ReactorTime.delayedCalls`.
    public var delayedCalls: [DelayedCall] { self.queue.pending }

    /// Calls `body` once, when `delay` has passed; see `ReactorTime.callLater(_:_:)`.
    @discardableResult
    public func callLater(_ delay: Duration, _ body: consuming @escaping () -> Void) -> DelayedCall
    {
        self.queue.schedule(after: delay.nanoseconds, body)
    }

    /// Advances the clock by `duration`, and runs all turns that fall into that time.
    ///
    /// The clock stops at each deadline on the way, and turns are run there until nothing more is
    /// ready. `advance(by: .zero)` therefore does everything that can be done without time passing.
    /// Other threads are not waited for. There is no startup: triggers, and closures that wait for
    /// the startup, do not run before ``run()``.
    ///
    /// - Precondition: `duration` is not negative. No instant takes more than 100,000 turns; more
    ///   are a sign of a call that schedules itself again without a delay, and would never end.
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

    /// Whether the reactor is running; see `ReactorCore.isRunning`.
    public var isRunning: Bool { self.lifecycle.isRunning }

    /// Runs the startup, then turns until ``stop()``, then the shutdown.
    ///
    /// Time passes without waiting: the clock jumps from deadline to deadline. If nothing is left
    /// to do, `run()` waits for a message from another thread, in real time and for ``waitLimit``
    /// at most.
    ///
    /// - Precondition: The reactor is not inside a turn and has not run before. Something stops it:
    ///   where a real reactor would wait forever, the program stops with a message.
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

    /// Asks the reactor to stop at the end of the current turn; see `ReactorCore.stop()`.
    public func stop() { self.lifecycle.askToStop() }

    /// Runs one turn.
    ///
    /// If nothing is ready, the clock moves to the next deadline first, but by `timeout` at most.
    ///
    /// - Precondition: The reactor is not inside a turn.
    public func iterate(_ timeout: Duration) {
        require(!self.isInTurn, "iterate() was called from inside a turn.")
        CurrentReactor.with(self) {
            self.isInTurn = true
            self.connectNewChildren()
            self.turn(atMost: self.queue.now.addingSaturated(max(0, timeout.nanoseconds)))
            self.isInTurn = false
        }
    }

    /// Calls `body` as soon as the reactor is running; see `ReactorCore.callWhenRunning(_:)`.
    public func callWhenRunning(_ body: @escaping () -> Void) {
        self.lifecycle.callWhenRunning(body)
    }

    /// Registers `body` for one phase of an event; see `ReactorCore.addTrigger(_:_:_:)`.
    @discardableResult
    public func addTrigger(
        _ phase: TriggerPhase,
        _ event: SystemEvent,
        _ body: @escaping () -> Void
    ) -> Trigger {
        self.lifecycle.add(phase, event, .plain(body))
    }

    /// Registers work that an event waits for; see `ReactorCore.addAsyncTrigger(before:_:)`.
    @discardableResult
    public func addAsyncTrigger(
        before event: SystemEvent,
        _ body: @escaping () -> Deferred<Void>
    ) -> Trigger {
        self.lifecycle.add(.before, event, .awaited(body))
    }

    /// Removes a trigger; see `ReactorCore.removeTrigger(_:)`.
    @discardableResult
    public func removeTrigger(_ trigger: Trigger) -> Bool { self.lifecycle.remove(trigger) }

    /// Discards all that is pending: delayed calls, watches, triggers, messages, and events of
    /// children, whose protocols receive no more calls.
    ///
    /// ``run()`` calls it at its end. A test without `run()` calls it to break reference cycles
    /// between the reactor and closures that capture it.
    ///
    /// - Precondition: The reactor is not inside a turn.
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

    // MARK: - ReactorThreads

    /// Runs `work` in the next turn on the reactor's own thread, so that no test waits for
    /// a thread.
    public func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value> {
        let (number, deferred) = self.pendingResults.expect(Value.self)
        self.report { [pendingResults] in
            pendingResults.deliver(number, Result(catching: { try work() }))
        }
        return deferred
    }

    // MARK: - Turns

    /// Queues an event that a kernel would report; it is handled in the next turn, before the
    /// delayed calls.
    func report(_ event: @escaping () -> Void) { self.readyEvents.append(event) }

    /// Queues the call that connects a new child to its protocol.
    func reportNewChild(_ connect: @escaping () -> Void) { self.newChildren.append(connect) }

    private var isSomethingReady: Bool {
        !self.readyEvents.isEmpty || !self.newChildren.isEmpty || self.handle.hasMessages
            || self.watches.contains(where: \.isReady)
            || (self.queue.earliest.map { $0 <= self.queue.now } ?? false)
    }

    /// Runs one turn, whose wait moves the clock to the next deadline, but never beyond `limit`.
    ///
    /// `limit` is a time of the clock in nanoseconds, or `nil` if the wait is unlimited.
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
            let end = DispatchTime.now() + .nanoseconds(Int(self.waitLimit.nanoseconds))
            let woken = self.wakes.wait(timeout: end)
            require(
                woken == .success,
                "Nothing is left to do, and nothing has stopped the reactor within waitLimit."
            )
        }
    }

    /// Runs the steps of a turn that follow its wait, in the order of Docs/TheLoop.md, "A turn".
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

    /// Runs turns at the current time until nothing more is ready.
    private func settleInstant() {
        var turns = 0
        while self.isSomethingReady {
            self.performTurn()
            turns += 1
            require(
                turns < 100_000,
                "100,000 turns at the same instant: a call or a watch repeats without end."
            )
        }
    }
}

@available(*, unavailable, message: "A memory reactor belongs to the thread of its test.")
extension MemoryReactor: Sendable {}
