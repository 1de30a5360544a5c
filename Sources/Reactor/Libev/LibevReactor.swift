// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The reactor on a libev loop: delayed calls, descriptors, child processes and threads, in one
/// thread.
///
///     let reactor = LibevReactor()
///     reactor.callLater(.seconds(1)) { reactor.stop() }
///     reactor.run()
///
/// Several may exist in a process, each in its own thread. Everything on one (protocols,
/// transports, deferreds, delayed calls) belongs to its thread; other threads use ``handle``. It
/// takes no signal from its host but SIGPIPE, which it ignores if nobody has set it, and never
/// reaps a child that it did not start.
public final class LibevReactor: ReactorCore {
    let loop: EventLoop
    let queue: DelayedCallQueue
    let lifecycle = Lifecycle()
    let readBuffer: ReadBuffer
    /// The door for other threads; may be kept and used anywhere.
    public let handle: ReactorHandle

    // The state of a turn, confined to the reactor's thread; each access is a load or a store that
    // calls nobody but libev's setters. Its run-time checks were a tenth of what a turn costs here.
    //
    // nil only after `shutDown`.
    @exclusivity(unchecked) private var hooks: LoopHooks?
    private let origin: Int64
    /// What the loop's timer is armed for; nil when it is off.
    @exclusivity(unchecked) private var armedFor: Int64?
    /// The time by which `iterate` wants its turn to end.
    @exclusivity(unchecked) private var turnLimit: Int64?
    @exclusivity(unchecked) private var isInTurn = false
    /// Whether what is due was put off by one turn.
    @exclusivity(unchecked) private var isCatchingUp = false
    /// Nanoseconds; a healthy wait is late by one or two milliseconds.
    private static let muchTooLate: Int64 = 20_000_000

    private(set) var lowSlots = LowSlots()
    /// In no order; each knows its index.
    @exclusivity(unchecked) var children: [LibevProcess] = []
    /// Those whose protocols have not heard of them yet.
    @exclusivity(unchecked) var newChildren: [LibevProcess] = []
    var watches: [ObjectIdentifier: LibevDescriptorWatch] = [:]
    let pendingResults: PendingResults
    var signals: SignalWatch?
    /// On a host's loop: what makes this the current reactor from the wait's end to its next begin.
    private var hostScope: CurrentReactor.Scope?

    /// Makes a reactor with a loop of its own, on the calling thread.
    public convenience init() {
        self.init(EventLoop())
    }

    /// Puts a reactor on a loop that the host owns and runs; `loop` is a `struct ev_loop *`.
    ///
    /// The host must not destroy the loop before it has called ``shutDown()``. ``run()`` is not for
    /// such a reactor: it counts as running from the beginning. At the end of the host's turn in
    /// which ``stop()`` was called the shutdown triggers run and the reactor shuts down; the host's
    /// loop itself goes on.
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
        self.hooks = consume hooks
        self.hooks?.start(self)
        self.handle.adoptCurrentThread()
    }

    deinit {
        require(!self.isInTurn || self.loop.isBorrowed, "A reactor was released while it ran.")
        self.shutDown()
    }

    /// The reactor whose turn this thread is in, if it is one of these.
    public static var current: LibevReactor? { CurrentReactor.reactorIfAny as? LibevReactor }

    // MARK: - ReactorTime

    /// The monotonic time of this turn, counted from when the reactor was made.
    public var now: Duration { .nanoseconds(self.queue.now) }

    /// All calls that are still to run.
    public var delayedCalls: [DelayedCall] { self.queue.pending }

    /// Calls `body` once, `delay` from now; see ``ReactorTime/callLater(_:_:)``.
    @discardableResult
    public func callLater(_ delay: Duration, _ body: consuming @escaping () -> Void) -> DelayedCall
    {
        // Outside a turn (before `run`, or in a host's own code) the cached time may be old.
        if !self.isInTurn { self.updateTime() }
        return self.queue.schedule(after: delay.nanoseconds, body)
    }

    // MARK: - ReactorCore

    /// Whether the reactor runs.
    public var isRunning: Bool { self.lifecycle.isRunning }

    /// Runs turns until ``stop()`` was called and the shutdown triggers are done; then
    /// ``shutDown()``.
    public func run() {
        require(
            !self.loop.isBorrowed,
            "The host runs this reactor's loop: run() is not for it."
        )
        require(!self.isInTurn, "run() was called from inside a turn.")
        self.handle.adoptCurrentThread()
        self.updateTime()
        self.loop.updateTime()
        CurrentReactor.with(self) {
            self.isInTurn = true
            self.lifecycle.start()
            while true {
                self.connectNewChildren()
                self.lifecycle.stopIfAsked()
                if self.lifecycle.isFinished { break }
                self.beforeWait()
                self.loop.runOnce()
            }
            self.isInTurn = false
        }
        self.shutDown()
    }

    /// Asks the reactor to stop at the end of this turn.
    public func stop() {
        self.lifecycle.askToStop()
    }

    /// Runs one turn, waiting at most `timeout`.
    public func iterate(_ timeout: Duration) {
        require(!self.isInTurn, "iterate() was called from inside a turn.")
        self.handle.adoptCurrentThread()
        self.updateTime()
        self.loop.updateTime()
        self.turnLimit = self.queue.now.addingSaturated(max(0, timeout.nanoseconds))
        CurrentReactor.with(self) {
            self.isInTurn = true
            self.connectNewChildren()
            self.beforeWait()
            self.loop.runOnce()
            self.connectNewChildren()
            self.isInTurn = false
        }
        self.turnLimit = nil
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
    public func removeTrigger(_ trigger: Trigger) -> Bool {
        self.lifecycle.remove(trigger)
    }

    /// Lets go of everything: pending calls, watches, children's pipes, waiting threads.
    ///
    /// The end of ``run()`` does it too.
    ///
    /// Breaks the cycle reactor → call → closure → reactor. Children are neither signalled nor
    /// waited for; their protocols hear nothing more. The reactor cannot be used afterwards.
    ///
    /// - Precondition: not called from inside a turn, unless the loop is a host's.
    public func shutDown() {
        require(
            !self.isInTurn || self.loop.isBorrowed,
            "shutDown() was called from inside a turn; use stop()."
        )
        self.leaveHostTurn()
        self.handle.close()
        self.pendingResults.close()
        self.signals = nil
        for child in self.children { child.tearDown() }
        self.children = []
        self.newChildren = []
        for watch in self.watches.values { watch.remove() }
        self.queue.removeAll()
        self.lifecycle.removeAll()
        self.hooks = nil
        self.lowSlots.release()
    }

    // MARK: - The steps of a turn (Docs/TheLoop.md), called by the loop but for the first on our own

    /// Step 1: the wait may last until the earliest delayed call is due.
    func beforeWait() {
        self.armTimer()
    }

    private func armTimer() {
        var wanted = self.newChildren.isEmpty ? self.queue.earliest : self.queue.now
        if let limit = self.turnLimit { wanted = min(limit, wanted ?? limit) }
        guard wanted != self.armedFor else { return }
        self.armedFor = wanted
        self.hooks?.arm(wanted.map { $0 &- self.queue.now })
    }

    /// Step 3: time moves, once for the whole turn.
    func afterWait() {
        self.updateTime()
        guard self.loop.isBorrowed else { return }
        self.enterHostTurn()
        // The host may have started some between two turns.
        self.connectNewChildren()
    }

    /// Step 4: what other threads have asked for.
    func drainMailbox() {
        self.handle.runMessages(
            stop: { self.stop() },
            deliver: { self.pendingResults.deliver($0, $1) }
        )
    }

    /// Step 6: what is due.
    ///
    /// When the wait ended much too late, the program was stopped and resumed (SIGCONT), and the
    /// wait was broken off without a look at the descriptors: an inactivity timer would fire over
    /// output that is there. So what is due waits for one more turn, which looks.
    func timerFired() {
        let lateness = self.armedFor.map { self.queue.now &- $0 } ?? 0
        self.armedFor = nil
        // `iterate` promises one turn.
        if lateness > Self.muchTooLate, self.turnLimit == nil, !self.isCatchingUp {
            self.isCatchingUp = true
            return
        }
        self.isCatchingUp = false
        self.queue.runDue()
    }

    private func enterHostTurn() {
        self.isInTurn = true
        self.hostScope = CurrentReactor.Scope.entered(self)
    }

    /// After the last step, on a host's loop only: what `run` does there on a loop of our own.
    ///
    /// The timer is armed here too: without one the host's loop may find nothing left to wait for,
    /// and end.
    func hostTurnEnds() {
        self.connectNewChildren()
        self.lifecycle.stopIfAsked()
        self.leaveHostTurn()
        if self.lifecycle.isFinished { self.shutDown() } else { self.armTimer() }
    }

    private func leaveHostTurn() {
        guard self.hostScope != nil else { return }
        self.isInTurn = false
        self.hostScope?.leave()
        self.hostScope = nil
    }

    private func updateTime() {
        self.queue.now = Syscalls.monotonicNanoseconds() &- self.origin
    }
}

@available(
    *,
    unavailable,
    message: "A reactor belongs to its thread; other threads use its handle."
)
extension LibevReactor: Sendable {}
