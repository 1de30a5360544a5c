// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// A reactor that runs on a libev loop: delayed calls, descriptors, child processes and threads.
///
///     let reactor = LibevReactor()
///     reactor.callLater(.seconds(1)) { reactor.stop() }
///     reactor.run()
///
/// A process may have several reactors, each on its own thread. All objects of a reactor
/// (protocols, transports, deferreds, delayed calls) belong to its thread; other threads
/// use ``handle``.
///
/// A reactor does not change the signal actions of the program, with one exception: it ignores
/// SIGPIPE if that signal still has its default action. A reactor never reaps a child that it did
/// not start.
public final class LibevReactor: ReactorCore {
    /// The state that changes in each turn and with each child.
    struct State: ~Copyable {
        /// The reactor's own watchers, or `nil` after `shutDown`.
        var hooks: LoopHooks?
        /// The time at which the loop's timer will fire, in nanoseconds of the queue's clock, or
        /// `nil` if the timer is not armed.
        var armedFor: Int64?
        /// The time at which the wait of `iterate` ends, in nanoseconds of the queue's clock, or
        /// `nil` outside of `iterate`.
        var turnLimit: Int64?
        var isInTurn = false
        /// The thread that executes the turn, as a number of `cspawn_thread`.
        var thread: UInt = 0
        /// Whether `shutDown` was called; the reactor accepts no further work.
        var isShutDown = false
        /// Whether a signal ended the last wait, so that libev has not checked the descriptors.
        var wasInterrupted = false
        /// Whether delayed calls that were due have been postponed by one turn.
        var isCatchingUp = false
        /// All children that have not been reaped, in no particular order.
        ///
        /// Each process stores its position in this array as `index`.
        var children: [LibevProcess] = []
        /// The children whose protocols are not connected yet.
        var newChildren: [LibevProcess] = []
        /// The children that have ended and are kept as zombies; see ``LibevProcess/reapLate()``.
        var zombies: [WeakProcess] = []
    }

    let loop: EventLoop
    let queue: DelayedCallQueue
    let lifecycle = Lifecycle()
    let readBuffer: ReadBuffer
    /// The mailbox for other threads, which may keep it and use it even after the reactor has
    /// been destroyed.
    public let handle: ReactorHandle

    // Only the reactor's thread accesses the state. Each access is a load, a store, an operation on
    // one of the arrays, or a call of libev that starts or stops a watcher; none of these calls
    // back into the reactor. So no two accesses overlap, and the run-time check is unnecessary. The
    // check was a tenth of the cost of a turn.
    @exclusivity(unchecked) var state = State()
    /// The time of CLOCK_MONOTONIC, in nanoseconds, at which the reactor was made.
    ///
    /// The times of the reactor and of its delayed calls count from this origin.
    private let origin: Int64

    private(set) var lowSlots = LowSlots()
    var watches: [ObjectIdentifier: LibevDescriptorWatch] = [:]
    let pendingResults: PendingResults
    var signals: SignalWatch?
    /// The scope in which this reactor is the current one, or `nil` outside of a turn on a
    /// host's loop.
    var hostScope: CurrentReactor.Scope?

    /// Makes a reactor with a new loop; the calling thread becomes the reactor's thread.
    public convenience init() {
        self.init(EventLoop())
    }

    /// Makes a reactor on a loop that belongs to the host; `loop` is a `struct ev_loop *`.
    ///
    /// The host runs the loop, so ``run()`` must not be called, and the reactor counts as running
    /// from the start. The host must call ``shutDown()`` before it destroys the loop. After a call
    /// of ``stop()``, the reactor runs the shutdown triggers at the end of the turn and then shuts
    /// down; the host's loop continues.
    public convenience init(borrowing loop: OpaquePointer) {
        self.init(EventLoop(borrowing: loop))
        self.lifecycle.startAtOnce()
    }

    private init(_ loop: EventLoop) {
        Syscalls.ignoreBrokenPipeSignal()
        self.loop = loop
        self.origin = Syscalls.monotonicNanoseconds()
        self.queue = DelayedCallQueue()
        self.readBuffer = ReadBuffer()
        let hooks = LoopHooks(loop)
        let waker = hooks.waker
        self.handle = ReactorHandle(wake: { waker.wake() })
        self.pendingResults = PendingResults(handle: self.handle)
        self.state.hooks = consume hooks
        self.state.hooks?.start(self)
        self.handle.adoptCurrentThread()
    }

    deinit {
        require(
            !self.state.isInTurn || self.loop.isBorrowed,
            "A reactor was released during one of its turns; keep a reference until run() returns."
        )
        self.shutDown()
    }

    /// The libev reactor whose turn the calling thread is executing, or `nil` outside of a turn.
    public static var current: LibevReactor? { CurrentReactor.reactorIfAny as? LibevReactor }

    // MARK: - ReactorTime

    /// The monotonic time of this turn, counted from the creation of the reactor.
    public var now: Duration { .nanoseconds(self.queue.now) }

    /// All delayed calls that have neither run nor been cancelled.
    public var delayedCalls: [DelayedCall] { self.queue.pending }

    /// Calls `body` once, `delay` from now; see ``ReactorTime/callLater(_:_:)``.
    @discardableResult
    public func callLater(_ delay: Duration, _ body: consuming @escaping () -> Void) -> DelayedCall
    {
        // Outside of a turn the cached time may be outdated: before `run`, and between two turns
        // of a borrowed loop.
        if self.state.isInTurn {
            self.requireReactorsThread()
        } else {
            guard !self.state.isShutDown else { return self.inactiveCall() }
            self.updateTime()
        }
        return self.queue.schedule(after: delay.nanoseconds, body)
    }

    // MARK: - ReactorCore

    /// Whether the reactor is running.
    public var isRunning: Bool { self.lifecycle.isRunning }

    /// Runs turns until ``stop()`` was called and the shutdown triggers are done, then shuts down.
    ///
    /// - Precondition: The reactor does not borrow the loop of a host, is not inside a turn, and
    ///   has not run before.
    public func run() {
        require(
            !self.loop.isBorrowed,
            "The host runs this reactor's loop, so run() must not be called."
        )
        require(!self.state.isInTurn, "run() was called from inside a turn.")
        self.requireNotShutDown("run()")
        self.state.thread = cspawn_thread()
        self.handle.adoptCurrentThread()
        self.updateTime()
        self.loop.updateTime()
        CurrentReactor.with(self) {
            self.state.isInTurn = true
            self.lifecycle.start()
            while true {
                self.connectNewChildren()
                self.lifecycle.stopIfAsked()
                if self.lifecycle.isFinished { break }
                self.beforeWait()
                self.loop.runOnce()
            }
            self.state.isInTurn = false
            self.shutDown()
        }
    }

    /// Asks the reactor to stop at the end of the current turn; see ``ReactorCore/stop()``.
    public func stop() {
        self.requireReactorsThread()
        self.lifecycle.askToStop()
    }

    /// Runs one turn, which waits for at most `timeout`; see ``ReactorCore/iterate(_:)``.
    ///
    /// - Precondition: The reactor does not borrow the loop of a host, is not inside a turn, and
    ///   has not shut down.
    public func iterate(_ timeout: Duration) {
        require(
            !self.loop.isBorrowed,
            "The host runs this reactor's loop, so iterate() must not be called."
        )
        require(!self.state.isInTurn, "iterate() was called from inside a turn.")
        self.requireNotShutDown("iterate()")
        self.state.thread = cspawn_thread()
        self.handle.adoptCurrentThread()
        self.updateTime()
        self.loop.updateTime()
        self.state.turnLimit = self.queue.now.addingSaturated(max(0, timeout.nanoseconds))
        CurrentReactor.with(self) {
            self.state.isInTurn = true
            self.connectNewChildren()
            self.beforeWait()
            self.loop.runOnce()
            self.connectNewChildren()
            self.state.isInTurn = false
        }
        self.state.turnLimit = nil
    }

    /// Calls `body` once the reactor is running, or immediately if it already is.
    public func callWhenRunning(_ body: @escaping () -> Void) {
        self.requireReactorsThread()
        self.lifecycle.callWhenRunning(body)
    }

    /// Registers `body` for one phase of an event; see ``ReactorCore/addTrigger(_:_:_:)``.
    @discardableResult
    public func addTrigger(
        _ phase: TriggerPhase,
        _ event: SystemEvent,
        _ body: @escaping () -> Void
    ) -> Trigger {
        self.requireReactorsThread()
        return self.lifecycle.add(phase, event, .plain(body))
    }

    /// Registers asynchronous work that has to finish before an event can proceed;
    /// see ``ReactorCore/addAsyncTrigger(before:_:)``.
    @discardableResult
    public func addAsyncTrigger(
        before event: SystemEvent,
        _ body: @escaping () -> Deferred<Void>
    ) -> Trigger {
        self.requireReactorsThread()
        return self.lifecycle.add(.before, event, .awaited(body))
    }

    /// Removes a trigger; see ``ReactorCore/removeTrigger(_:)``.
    ///
    /// - Returns: `false` if the trigger has already run or was removed before.
    @discardableResult
    public func removeTrigger(_ trigger: Trigger) -> Bool {
        self.lifecycle.remove(trigger)
    }

    /// Releases all resources of the reactor: delayed calls, watches, streams of children,
    /// and threads.
    ///
    /// ``run()`` calls this method before it returns. The method also breaks the retain cycle that
    /// exists when a delayed call captures its reactor. Children are neither signaled nor waited
    /// for, and their protocols receive no further calls. A child that is still running is reaped
    /// when it exits, by a thread that this method starts for that purpose.
    ///
    /// Tasks that await a deferred on an actor of the reactor get a ``CancelledError``, and run
    /// until their next suspension before this method returns. The reactor accepts no work
    /// afterwards: `spawnProcess` throws an error, new delayed calls and watches are inactive, work
    /// for threads does not run, and `run()` and `iterate(_:)` stop the program with a message.
    ///
    /// - Precondition: The reactor is not inside a turn, unless the loop belongs to a host.
    public func shutDown() {
        require(
            !self.state.isInTurn || self.loop.isBorrowed,
            "shutDown() was called from inside a turn; use stop()."
        )
        self.leaveHostTurn()
        self.state.isShutDown = true
        self.handle.close()
        self.pendingResults.close()
        self.signals = nil
        self.tearDownChildren()
        for watch in self.watches.values { watch.remove() }
        self.queue.removeAll()
        self.lifecycle.removeAll()
        self.state.hooks = nil
        self.lowSlots.close()
    }

    /// Sets `now` to the current time; `now` does not change until the next call of this method.
    func updateTime() {
        self.queue.now = Syscalls.monotonicNanoseconds() &- self.origin
    }
}

@available(
    *,
    unavailable,
    message: "A reactor belongs to its thread; other threads use its handle."
)
extension LibevReactor: Sendable {}
