// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The life cycle of a reactor: its startup, its shutdown, and the triggers of both.
///
/// `LibevReactor` and `MemoryReactor` both use this class, so that the order of triggers is the
/// same on both. A reactor calls ``start()`` once, then ``stopIfAsked()`` after each turn, and
/// leaves its loop as soon as ``isFinished`` is `true`.
package final class Lifecycle {
    /// The stage of the life cycle that the reactor has reached.
    private enum State {
        /// `run()` has not been called.
        case notStarted
        /// The startup has begun and its phase `before` is not complete.
        case starting
        /// The startup is complete.
        case running
        /// The shutdown has begun and is not complete. The reactor counts as running until the
        /// phase `before` is complete.
        case stopping
        /// The shutdown is complete.
        case finished
    }

    /// The closure of a trigger.
    package enum Body {
        /// A closure whose work is complete when it returns.
        case plain(() -> Void)
        /// A closure whose work is complete when its deferred has fired; only for the
        /// phase `before`.
        case awaited(() -> Deferred<Void>)
    }

    private struct Registered {
        let trigger: Trigger
        let body: Body
    }

    private var state = State.notStarted
    private var stopWasAsked = false
    private var triggers: [Registered] = []
    private var nextNumber: UInt64 = 0

    package init() {}

    // MARK: - Called by users of the reactor

    /// Whether the reactor counts as running; see ``ReactorCore/isRunning``.
    package private(set) var isRunning = false

    /// Registers a trigger, which runs after the triggers of the same phase that are
    /// already registered.
    package func add(_ phase: TriggerPhase, _ event: SystemEvent, _ body: Body) -> Trigger {
        let trigger = Trigger(event: event, phase: phase, number: self.nextNumber)
        self.nextNumber += 1
        self.triggers.append(Registered(trigger: trigger, body: body))
        return trigger
    }

    /// Removes a trigger.
    ///
    /// - Returns: `false` if the trigger has already run or was removed before.
    package func remove(_ trigger: Trigger) -> Bool {
        guard let index = self.triggers.firstIndex(where: { $0.trigger == trigger }) else {
            return false
        }
        self.triggers.remove(at: index)
        return true
    }

    /// Calls `body` now if the reactor is running, otherwise after the startup.
    package func callWhenRunning(_ body: @escaping () -> Void) {
        if self.isRunning { return body() }
        _ = self.add(.after, .startup, .plain(body))
    }

    /// Makes the next call of ``stopIfAsked()`` begin the shutdown.
    package func askToStop() {
        self.stopWasAsked = true
    }

    // MARK: - Called by the reactor

    /// Whether the shutdown is complete.
    package var isFinished: Bool { self.state == .finished }

    /// Begins the startup.
    ///
    /// - Precondition: This method has not been called before.
    package func start() {
        switch self.state {
        case .notStarted: break
        case .finished: stopProgram("A reactor runs once; make a new one to run again.")
        case .starting, .running, .stopping: stopProgram("The reactor runs already.")
        }
        self.state = .starting
        self.fire(.startup) {
            self.state = .running
            self.isRunning = true
        }
    }

    /// Makes the reactor count as running, without a startup.
    ///
    /// A reactor that borrows the loop of a host calls this method, because its `run()` is
    /// never called.
    package func startAtOnce() {
        self.state = .running
        self.isRunning = true
    }

    /// Begins the shutdown if ``askToStop()`` was called and the shutdown has not begun yet.
    ///
    /// If the startup is still waiting for deferreds, it ends here, and its remaining triggers
    /// never run.
    package func stopIfAsked() {
        guard self.stopWasAsked, self.state == .running || self.state == .starting else { return }
        self.state = .stopping
        self.fire(.shutdown) {
            self.isRunning = false
        } afterwards: {
            self.state = .finished
        }
    }

    /// Discards all triggers, and releases what their closures captured.
    package func removeAll() {
        self.triggers = []
    }

    // MARK: - Firing

    /// Runs the triggers of an event.
    ///
    /// This method runs the triggers of the phase `before` and waits for their deferreds. Then it
    /// calls `change`, runs the triggers of the phases `during` and `after`, and calls
    /// `afterwards`. If a stop was requested while the startup was waiting, the state has changed
    /// by the end of the wait, and this method does nothing more.
    private func fire(
        _ event: SystemEvent,
        change: @escaping () -> Void,
        afterwards: @escaping () -> Void = {}
    ) {
        let state = self.state
        // The count includes 1 for the `while` loop below and 1 for each deferred that has not
        // fired. The event must not proceed while the loop is still calling triggers, even if all
        // deferreds have already fired.
        var pendingCount = 1
        let proceed = {
            pendingCount -= 1
            guard pendingCount == 0, self.state == state else { return }
            change()
            self.drain(.during, event)
            self.drain(.after, event)
            afterwards()
        }
        while let body = self.takeFirst(.before, event) {
            switch body {
            case .plain(let body): body()
            case .awaited(let body):
                pendingCount += 1
                // A failed deferred does not prevent the event. The callback throws the error
                // again, so that the error stays unhandled and the deferred logs it.
                body().addBoth { result in
                    proceed()
                    try result.get()
                }
            }
        }
        proceed()
    }

    /// Runs the triggers of a phase, including triggers that are added to the phase meanwhile.
    private func drain(_ phase: TriggerPhase, _ event: SystemEvent) {
        while let body = self.takeFirst(phase, event) {
            if case .plain(let body) = body { body() }
        }
    }

    /// Removes the oldest trigger of a phase and returns its closure.
    private func takeFirst(_ phase: TriggerPhase, _ event: SystemEvent) -> Body? {
        let index = self.triggers.firstIndex {
            $0.trigger.event == event && $0.trigger.phase == phase
        }
        return index.map { self.triggers.remove(at: $0).body }
    }
}
