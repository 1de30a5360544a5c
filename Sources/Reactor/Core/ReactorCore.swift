// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to run and to stop, and to call registered triggers before and after both.
///
///     let reactor = LibevReactor()
///     reactor.addTrigger(.before, .shutdown) { print("Shutting down.") }
///     reactor.callLater(.seconds(1)) { reactor.stop() }
///     reactor.run()
///
/// Call all methods on the reactor's thread. Other threads use ``ReactorHandle``.
/// The article <doc:TheLoop> lists the steps of a turn and the order of callbacks within it.
public protocol ReactorCore: ReactorTime {
    /// Whether the reactor is running.
    ///
    /// It becomes `true` after the startup triggers of the phase ``TriggerPhase/before``, and
    /// `false` again before the shutdown triggers of the phase ``TriggerPhase/during``. A reactor
    /// that only performs turns of ``iterate(_:)`` never counts as running.
    var isRunning: Bool { get }

    /// Runs turns until ``stop()`` has been called and the shutdown triggers have run.
    ///
    /// When this method returns, the reactor has shut down: pending delayed calls are discarded,
    /// descriptor watches are removed, and protocols of children receive no further calls. The
    /// children themselves are neither signaled nor waited for.
    ///
    /// - Precondition: The reactor is not running, is not inside a turn, and has not run before. A
    ///   reactor runs once; make a new one to run again.
    func run()

    /// Asks the reactor to stop, and returns immediately.
    ///
    /// The shutdown begins at the end of the current turn. Delayed calls that are due in this turn
    /// still run. A delayed call that is made in this turn runs only if the reactor performs more
    /// turns, because it waits for an asynchronous shutdown trigger. Further calls of `stop()` have
    /// no effect.
    ///
    /// If `stop()` is called before ``run()`` or by a startup trigger, the startup and the shutdown
    /// triggers run without a turn between them. If the startup is still waiting for a deferred of
    /// ``addAsyncTrigger(before:_:)``, the shutdown begins and the rest of the startup is skipped.
    func stop()

    /// Runs one turn, and waits at most `timeout` for an event.
    ///
    /// The wait ends earlier if an event arrives or a delayed call is due. There is no startup, and
    /// a ``stop()`` has no effect before ``run()``. Use this method in tests, and in programs that
    /// run one child after another.
    ///
    /// - Parameter timeout: The longest wait. With zero or a negative value, the reactor does not
    ///   wait and only handles events that are ready.
    /// - Precondition: The reactor is not inside a turn.
    func iterate(_ timeout: Duration)

    /// Calls `body` as soon as the reactor is running.
    ///
    /// If the reactor is running, `body` is called before this method returns. Otherwise it is
    /// called after the startup, in the order of the registrations. A `body` that is registered
    /// after the reactor has stopped is never called.
    func callWhenRunning(_ body: @escaping () -> Void)

    /// Registers `body` to be called once, in one phase of an event.
    ///
    /// Triggers of one phase run in the order in which they were registered. If a trigger is added
    /// to a phase while the triggers of that phase run, the new trigger still runs. A trigger for a
    /// phase that is over never runs. The phase ``TriggerPhase/before`` is over once all of its
    /// triggers have been called, even if the event is still waiting for deferreds.
    ///
    /// - Returns: A value with which ``removeTrigger(_:)`` can remove the trigger.
    @discardableResult
    func addTrigger(_ phase: TriggerPhase, _ event: SystemEvent, _ body: @escaping () -> Void)
        -> Trigger

    /// Registers asynchronous work that has to finish before an event can proceed.
    ///
    ///     reactor.addAsyncTrigger(before: .shutdown) {
    ///         uploads.finish().addTimeout(.seconds(10), waitingFor: "the uploads")
    ///     }
    ///
    /// The reactor calls `body` in the phase ``TriggerPhase/before`` and keeps running turns until
    /// the deferreds of all such triggers have fired. A deferred that fails is logged and otherwise
    /// treated like one that succeeds. There is no time limit: if a deferred never fires, the event
    /// never proceeds, so add a timeout as in the example.
    ///
    /// - Returns: A value with which ``removeTrigger(_:)`` can remove the trigger.
    @discardableResult
    func addAsyncTrigger(before event: SystemEvent, _ body: @escaping () -> Deferred<Void>)
        -> Trigger

    /// Removes a trigger, so that it does not run.
    ///
    /// - Parameter trigger: A value that this reactor has returned. A value from another reactor
    ///   may remove the wrong trigger.
    /// - Returns: `true` if the trigger was removed, `false` if it has already run or was
    ///   removed before.
    @discardableResult
    func removeTrigger(_ trigger: Trigger) -> Bool
}

/// The two events in the life of a reactor.
public enum SystemEvent: Sendable, Hashable {
    /// The reactor starts to run.
    case startup

    /// The reactor stops, because ``ReactorCore/stop()`` was called.
    case shutdown
}

/// The three phases of a ``SystemEvent``, in the order in which they take place.
public enum TriggerPhase: Sendable, Hashable {
    /// The phase before the event, which lasts until the deferreds of all asynchronous triggers
    /// have fired.
    case before

    /// The phase right after ``ReactorCore/isRunning`` has changed.
    case during

    /// The phase after all triggers of the phase ``during`` have run.
    case after
}

/// Identifies one registration of a trigger, so that it can be removed.
///
/// Two registrations of the same closure are different triggers.
public struct Trigger: Sendable, Hashable {
    let event: SystemEvent
    let phase: TriggerPhase
    /// The number of triggers that were registered with the reactor before this one.
    let number: UInt64
}
