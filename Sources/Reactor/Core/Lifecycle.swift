// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The life of a reactor, real or fake: its events, their triggers, and whether it runs.
///
/// It decides when what is called; the reactor only says "start", "was I asked to stop?" after each
/// turn, and looks whether it has finished.
package final class Lifecycle {
    /// Where the reactor is in its life.
    private enum State {
        /// `run` has not been called.
        case notStarted
        /// The startup's "before" triggers are being waited for.
        case starting
        /// Running.
        case running
        /// The shutdown's "before" triggers are being waited for; still counts as running.
        case stopping
        /// Over.
        case finished
    }

    /// What a trigger does.
    package enum Body {
        case plain(() -> Void)
        /// Only before an event, which waits for it.
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

    // MARK: - What users ask

    /// Whether the reactor counts as running.
    package private(set) var isRunning = false

    package func add(_ phase: TriggerPhase, _ event: SystemEvent, _ body: Body) -> Trigger {
        let trigger = Trigger(event: event, phase: phase, number: self.nextNumber)
        self.nextNumber += 1
        self.triggers.append(Registered(trigger: trigger, body: body))
        return trigger
    }

    package func remove(_ trigger: Trigger) -> Bool {
        guard let index = self.triggers.firstIndex(where: { $0.trigger == trigger }) else {
            return false
        }
        self.triggers.remove(at: index)
        return true
    }

    package func callWhenRunning(_ body: @escaping () -> Void) {
        if self.isRunning { return body() }
        _ = self.add(.after, .startup, .plain(body))
    }

    package func askToStop() {
        self.stopWasAsked = true
    }

    // MARK: - What the reactor asks

    /// Whether the shutdown is done.
    package var isFinished: Bool { self.state == .finished }

    /// Begins the startup.
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

    /// For a reactor on a host's loop, which runs from the beginning.
    package func startAtOnce() {
        self.state = .running
        self.isRunning = true
    }

    /// Begins the shutdown if somebody asked for it; a startup that still waits goes no further
    /// then.
    package func stopIfAsked() {
        guard self.stopWasAsked, self.state == .running || self.state == .starting else { return }
        self.state = .stopping
        self.fire(.shutdown) {
            self.isRunning = false
        } afterwards: {
            self.state = .finished
        }
    }

    /// Forgets all triggers.
    package func removeAll() {
        self.triggers = []
    }

    // MARK: - Firing

    /// Before-triggers, then the wait for those that need one, then `change`, during, after,
    /// `afterwards`.
    ///
    /// If the reactor has gone on to another state during the wait, nothing follows.
    private func fire(
        _ event: SystemEvent,
        change: @escaping () -> Void,
        afterwards: @escaping () -> Void = {}
    ) {
        let state = self.state
        var waitingFor = 1
        let goOn = {
            waitingFor -= 1
            guard waitingFor == 0, self.state == state else { return }
            change()
            self.drain(.during, event)
            self.drain(.after, event)
            afterwards()
        }
        while let body = self.takeFirst(.before, event) {
            switch body {
            case .plain(let body): body()
            case .awaited(let body):
                waitingFor += 1
                // A failure holds nothing up, and thrown again it is logged as one that nobody
                // handled.
                body().addBoth { result in
                    goOn()
                    try result.get()
                }
            }
        }
        goOn()
    }

    /// Runs the triggers of a phase, those that are added meanwhile too.
    private func drain(_ phase: TriggerPhase, _ event: SystemEvent) {
        while let body = self.takeFirst(phase, event) {
            if case .plain(let body) = body { body() }
        }
    }

    private func takeFirst(_ phase: TriggerPhase, _ event: SystemEvent) -> Body? {
        let index = self.triggers.firstIndex {
            $0.trigger.event == event && $0.trigger.phase == phase
        }
        return index.map { self.triggers.remove(at: $0).body }
    }
}
