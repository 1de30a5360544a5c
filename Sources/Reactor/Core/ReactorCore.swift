// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to run, to stop, and to tell others about both.
public protocol ReactorCore: ReactorTime {
    /// Whether the reactor runs: false before startup triggers, true until the shutdown's "during"
    /// phase.
    var isRunning: Bool { get }

    /// Runs turns until ``stop()`` was called and the shutdown triggers are done.
    ///
    /// - Precondition: not running already, and not stopped before. A reactor runs once; make a new
    ///   one to run again.
    func run()

    /// Asks the running reactor to stop; returns at once.
    ///
    /// The shutdown triggers run at the end of this turn. Asking again is harmless. Before
    /// ``run()``, or in a startup trigger, it makes the run end without a turn; a startup that
    /// waits is given up.
    func stop()

    /// Runs one turn, waiting at most `timeout` for something to happen.
    ///
    /// - Precondition: not called from inside a turn.
    func iterate(_ timeout: Duration)

    /// Calls `body` as soon as the reactor runs: at once if it runs now, else after the startup, in
    /// the order of the calls.
    func callWhenRunning(_ body: @escaping () -> Void)

    /// Registers `body` for one phase of an event of the reactor's life.
    ///
    /// Triggers of a phase run in the order in which they were added; those added to the phase that
    /// is being run still run in it. Each runs once. Use ``addAsyncTrigger(before:_:)`` for work
    /// that the event has to wait for.
    @discardableResult
    func addTrigger(_ phase: TriggerPhase, _ event: SystemEvent, _ body: @escaping () -> Void)
        -> Trigger

    /// Registers `body` before an event; the event waits until the returned deferred has fired.
    ///
    /// All of them are waited for together. A failure is logged and holds nothing up.
    @discardableResult
    func addAsyncTrigger(before event: SystemEvent, _ body: @escaping () -> Deferred<Void>)
        -> Trigger

    /// Takes a trigger back.
    ///
    /// - Returns: false if it ran already or was removed before.
    @discardableResult
    func removeTrigger(_ trigger: Trigger) -> Bool
}

/// The two events of a reactor's life.
public enum SystemEvent: Sendable, Hashable {
    /// The reactor begins to run.
    case startup

    /// The reactor was asked to stop.
    case shutdown
}

/// When a trigger runs, relative to its event.
public enum TriggerPhase: Sendable, Hashable {
    /// Before the event; the event waits for asynchronous triggers of this phase.
    case before

    /// With the event. For a shutdown the reactor counts as not running from here on.
    case during

    /// After the event.
    case after
}

/// Names a registered trigger, to take it back.
public struct Trigger: Sendable, Hashable {
    let event: SystemEvent
    let phase: TriggerPhase
    let number: UInt64
}
