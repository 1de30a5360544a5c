// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
public import Reactor

/// A reactor for tests, with a simulated clock, scripted children and fake descriptors.
///
/// The clock moves only when the test advances it, the children follow scripts, and the descriptors
/// are numbers that refer to no file:
///
///     let reactor = MemoryReactor()
///     reactor.programs = { _ in [.write("hello\n"), .wait(.seconds(5)), .exit(3)] }
///     try reactor.spawnProcess(protocol, SpawnRequest("worker"))
///     reactor.advance(by: .seconds(5))
///     // The protocol has received "hello\n" and the exit code 3.
///
/// This reactor conforms to the same six protocols as `LibevReactor`. Both use the same queue of
/// delayed calls, the same life cycle, and the same rules for the end of a process, and the same
/// contract tests run on both. `Docs/Testing.md` lists the remaining differences ("What the memory
/// reactor does not do").
///
/// A test can run the reactor in three ways. ``advance(by:)`` runs turns until an amount of time
/// has passed, without the startup; most tests need nothing else. ``iterate(_:)`` runs one turn.
/// ``run()`` includes the startup and the shutdown, and moves the clock from deadline to deadline.
public final class MemoryReactor: ReactorCore, ReactorThreads {
    let queue = DelayedCallQueue()
    let lifecycle = Lifecycle()
    let pendingResults: PendingResults
    /// The mailbox for other threads; messages from it are handled in the next turn.
    public let handle: ReactorHandle
    /// The semaphore that the mailbox signals when a message arrives in the empty mailbox.
    let wakes: DispatchSemaphore

    /// The events that a kernel would report at the end of the next wait, in order.
    var readyEvents: [() -> Void] = []
    /// The calls that connect the children that were spawned in this turn.
    var newChildren: [() -> Void] = []
    var isInTurn = false {
        didSet { if self.isInTurn { self.handle.adoptCurrentThread() } }
    }
    /// Whether `shutDown` was called; the reactor accepts no further work.
    private(set) var isShutDown = false
    var watches: [MemoryWatch] = []
    /// The closures of `handleSignal(_:_:)`.
    var signalHandlers: [Signal: (Signal) -> Void] = [:]
    /// The open pipes; each is stored under the numbers of both ends.
    var pipes: [Int32: MemoryPipe] = [:]
    var nextDescriptor: Int32 = 1_000_000
    var nextPID: Int32 = 1_000_000

    /// The closure that returns the script for each child that is spawned.
    ///
    /// If the closure throws an error, the spawn fails with that error. By default each child exits
    /// immediately with code 0.
    ///
    ///     reactor.programs = { request in
    ///         request.executable == "git" ? [.write("done\n"), .exit(0)] : [.exit(127)]
    ///     }
    public var programs: (SpawnRequest) throws(SpawnError) -> [MemoryStep] = { _ in [.exit(0)] }

    /// The real time for which ``run()`` waits for a message if it has nothing else to do.
    ///
    /// The default is 10 seconds. When the limit is reached, the program stops with an error text.
    public var waitLimit: Duration = .seconds(10)

    /// All children that were spawned, in order, including children that have ended.
    public internal(set) var processes: [MemoryProcess] = []

    /// Makes a reactor whose time is zero.
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

    /// The time of the reactor's simulated clock, which starts at zero.
    public var now: Duration { .nanoseconds(self.queue.now) }

    /// All calls that have neither run nor been cancelled; see `ReactorTime.delayedCalls`.
    public var delayedCalls: [DelayedCall] { self.queue.pending }

    /// Calls `body` once, when `delay` has passed; see `ReactorTime.callLater(_:_:)`.
    @discardableResult
    public func callLater(_ delay: Duration, _ body: consuming @escaping () -> Void) -> DelayedCall
    {
        self.requireReactorsThread()
        let call = self.queue.schedule(after: delay.nanoseconds, body)
        if self.isShutDown { call.cancel() }
        return call
    }

    /// Advances the clock by `duration`, and runs all turns that fall into that time.
    ///
    /// The clock stops at each deadline that it passes, and the reactor runs turns at that time
    /// until nothing more is ready. `advance(by: .zero)` therefore runs everything that is ready
    /// now. The method does not wait for messages from other threads. It performs no startup:
    /// triggers and closures of ``callWhenRunning(_:)`` do not run before ``run()``.
    ///
    /// - Precondition: `duration` is not negative. The reactor performs at most 100,000 turns at
    ///   the same time; more turns mean that a call schedules itself again without a delay.
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
    /// The reactor does not wait for deadlines: it moves the clock to the next deadline instead. If
    /// there is nothing else to do, it waits for a message from another thread, in real time and
    /// for ``waitLimit`` at most.
    ///
    /// - Precondition: The reactor is not inside a turn and has not run before. If nothing calls
    ///   ``stop()`` and a real reactor would wait forever, the program stops with a message.
    public func run() {
        require(!self.isInTurn, "run() was called from inside a turn.")
        require(
            !self.isShutDown || self.lifecycle.isFinished,
            "run() was called after shutDown(); make a new reactor."
        )
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
            self.shutDown()
        }
    }

    /// Asks the reactor to stop at the end of the current turn; see `ReactorCore.stop()`.
    public func stop() { self.lifecycle.askToStop() }

    /// Runs one turn.
    ///
    /// If nothing is ready, the clock first advances by `timeout`, or less if a deadline
    /// is earlier.
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

    /// Discards all pending delayed calls, watches, triggers, messages, and events of children.
    ///
    /// The protocols of the children receive no further calls. ``run()`` calls this method before
    /// it returns. Tasks that await a deferred on an actor of the reactor get a `CancelledError`.
    /// The reactor accepts no work afterwards, as a real one does. A test that does not call
    /// `run()` can call `shutDown()` to break reference cycles between the reactor and closures
    /// that capture it.
    ///
    /// - Precondition: The reactor is not inside a turn.
    public func shutDown() {
        require(!self.isInTurn, "shutDown() was called from inside a turn; use stop().")
        self.isShutDown = true
        self.handle.close()
        self.pendingResults.close()
        for process in self.processes { process.tearDown() }
        self.removeAllWatches()
        self.signalHandlers = [:]
        self.readyEvents = []
        self.newChildren = []
        self.queue.removeAll()
        self.lifecycle.removeAll()
    }

    // MARK: - ReactorThreads

    /// Runs `work` in the next turn and on the reactor's thread, so that a test does not have to
    /// wait for a worker thread.
    public func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value> {
        guard !self.isShutDown else { return Deferred() }
        let (number, deferred) = self.pendingResults.expect(Value.self)
        self.report { [pendingResults] in
            guard pendingResults.isPending(number) else { return }
            pendingResults.deliver(number, Result(catching: { try work() }))
        }
        return deferred
    }
}

@available(*, unavailable, message: "A memory reactor belongs to the thread of its test.")
extension MemoryReactor: Sendable {}
