// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Synchronization
import Testing

/// The triggers of the startup and the shutdown of both reactors.
///
/// Comments name the tests of Twisted that check the same behavior.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Triggers` {
    /// Runs a reactor until it is stopped, and returns the notes that its triggers have made.
    ///
    /// The reactor is stopped in its first turn, or after `delay`.
    private func notes(
        _ kind: ReactorKind,
        stoppedAfter delay: Duration = .zero,
        _ prepare: (_ reactor: any ContractReactor, _ note: @escaping (String) -> Void) -> Void
    ) -> [String] {
        var notes: [String] = []
        kind.withReactor { reactor in
            prepare(reactor) { notes.append($0) }
            reactor.callLater(delay) { reactor.stop() }
            reactor.runToStop()
        }
        return notes
    }

    // Twisted's test_core: test_stopShutDownEvents; test_internet: test_fireEvent.
    @Test(arguments: ReactorKind.allCases)
    func `phases run in order, and triggers of a phase in the order of their registration`(
        kind: ReactorKind
    ) {
        let notes = self.notes(kind) { reactor, note in
            reactor.addTrigger(.after, .shutdown) { note("after 1") }
            reactor.addTrigger(.during, .shutdown) { note("during 1") }
            reactor.addTrigger(.before, .shutdown) { note("before 1") }
            reactor.addTrigger(.before, .shutdown) { note("before 2") }
            reactor.addTrigger(.during, .shutdown) { note("during 2") }
            reactor.addTrigger(.after, .shutdown) { note("after 2") }
        }
        #expect(notes == ["before 1", "before 2", "during 1", "during 2", "after 1", "after 2"])
    }

    // Twisted's test_internet: test_addBeforeTrigger, test_triggersRunOnce.
    @Test(arguments: ReactorKind.allCases)
    func `a startup trigger runs once, at the startup`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            for phase in [TriggerPhase.before, .during, .after] {
                reactor.addTrigger(phase, .startup) { note("\(phase)") }
            }
            note("added")
        }
        #expect(notes == ["added", "before", "during", "after"])
    }

    // Twisted's test_internet: test_removeTrigger, test_removeNonexistentTrigger. There the second
    // removal is an error.
    @Test(arguments: ReactorKind.allCases)
    func `a trigger that was removed does not run`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            let trigger = reactor.addTrigger(.before, .shutdown) { note("removed") }
            #expect(reactor.removeTrigger(trigger))
            #expect(!reactor.removeTrigger(trigger))
        }
        #expect(notes == [])
    }

    // Twisted's test_internet: test_synchronousRemoveAlreadyExecutedBefore. There it is a warning.
    @Test(arguments: ReactorKind.allCases)
    func `a trigger that has run cannot be removed`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            let first = reactor.addTrigger(.before, .shutdown) { note("first") }
            reactor.addTrigger(.before, .shutdown) { note("\(reactor.removeTrigger(first))") }
        }
        #expect(notes == ["first", "false"])
    }

    // Twisted's test_internet: test_synchronousRemovePendingBefore,
    // test_synchronousRemovePendingDuring, test_synchronousBeforeRemovesDuring.
    @Test(arguments: ReactorKind.allCases)
    func `a trigger can remove other triggers that have not run yet`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            var others: [Trigger] = []
            reactor.addTrigger(.before, .shutdown) {
                for other in others { note("\(reactor.removeTrigger(other))") }
            }
            others = [TriggerPhase.before, .during, .after].map { phase in
                reactor.addTrigger(phase, .shutdown) { note("ran: \(phase)") }
            }
        }
        #expect(notes == ["true", "true", "true"])
    }

    // Twisted's test_internet: test_synchronousBeforeRemovesConspicuouslySimilarDuring.
    @Test(arguments: ReactorKind.allCases)
    func `two registrations of the same closure are different triggers`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            let body = { note("ran") }
            let removed = reactor.addTrigger(.before, .shutdown, body)
            let kept = reactor.addTrigger(.during, .shutdown, body)
            #expect(removed != kept)
            #expect(reactor.removeTrigger(removed))
        }
        #expect(notes == ["ran"])
    }

    // Twisted's _ThreePhaseEvent does the same.
    @Test(arguments: ReactorKind.allCases)
    func `a trigger that is added to the current phase still runs in it`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            for phase in [TriggerPhase.before, .during, .after] {
                reactor.addTrigger(phase, .shutdown) {
                    reactor.addTrigger(phase, .shutdown) { note("late \(phase)") }
                }
            }
        }
        #expect(notes == ["late before", "late during", "late after"])
    }

    // Twisted: test_asynchronousBefore, test_multipleBeforeReturnDeferred and
    // test_subsequentBeforeTriggerFiresPriorBeforeDeferred of test_internet.
    @Test(arguments: ReactorKind.allCases)
    func `an event waits until the deferreds of all asynchronous triggers have fired`(
        kind: ReactorKind
    ) {
        let notes = self.notes(kind) { reactor, note in
            let first = Deferred<Void>()
            let second = Deferred<Void>()
            reactor.addAsyncTrigger(before: .shutdown) { first }
            reactor.addAsyncTrigger(before: .shutdown) { second }
            reactor.addTrigger(.before, .shutdown) {
                note("before")
                second.succeed()
                reactor.callLater(.milliseconds(5)) {
                    note("first, running: \(reactor.isRunning)")
                    first.succeed()
                }
            }
            reactor.addTrigger(.during, .shutdown) { note("during") }
        }
        #expect(notes == ["before", "first, running: true", "during"])
    }

    @Test(arguments: ReactorKind.allCases)
    func `an event does not wait for a deferred that has already fired`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            reactor.addAsyncTrigger(before: .shutdown) { .succeeded(()) }
            reactor.addTrigger(.before, .shutdown) { note("before") }
            reactor.addTrigger(.during, .shutdown) { note("during") }
        }
        #expect(notes == ["before", "during"])
    }

    // Twisted's test_internet: test_beforeTriggerException.
    @Test(arguments: ReactorKind.allCases)
    func `a failed asynchronous trigger is logged and does not stop the event`(kind: ReactorKind) {
        let logged = Mutex<[String]>([])
        let notes = UnhandledFailure.$sink.withValue(
            .init { error in
                logged.withLock { $0.append("\(error)") }
            }
        ) {
            self.notes(kind) { reactor, note in
                reactor.addAsyncTrigger(before: .shutdown) { .failed(CancelledError()) }
                reactor.addTrigger(.during, .shutdown) { note("during") }
            }
        }
        #expect(notes == ["during"])
        #expect(logged.withLock { $0.count } == 1)
    }

    // Twisted's test_core: test_runWithAsynchronousBeforeStartupTrigger.
    @Test(arguments: ReactorKind.allCases)
    func `the reactor runs turns while the startup waits`(kind: ReactorKind) {
        let notes = self.notes(kind, stoppedAfter: .milliseconds(5)) { reactor, note in
            let ready = Deferred<Void>()
            reactor.addAsyncTrigger(before: .startup) { ready }
            reactor.callWhenRunning { note("running") }
            reactor.addTrigger(.before, .shutdown) { note("shutdown") }
            reactor.callLater(.milliseconds(1)) {
                note("call, running: \(reactor.isRunning)")
                ready.succeed()
            }
        }
        #expect(notes == ["call, running: false", "running", "shutdown"])
    }

    @Test(arguments: ReactorKind.allCases)
    func `a stop ends a startup that is still waiting`(kind: ReactorKind) {
        let never = Deferred<Void>()
        let notes = self.notes(kind) { reactor, note in
            reactor.addAsyncTrigger(before: .startup) { never }
            reactor.callWhenRunning { note("running") }
            reactor.addTrigger(.before, .shutdown) { note("before, running: \(reactor.isRunning)") }
            reactor.addTrigger(.after, .shutdown) { note("after") }
        }
        #expect(notes == ["before, running: false", "after"])
        never.succeed()
        #expect(notes.count == 2)
    }

    // Twisted's test_internet: test_interactionBetweenDifferentEvents.
    @Test(arguments: ReactorKind.allCases)
    func `a startup whose wait ends during the shutdown does not continue`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            let startup = Deferred<Void>()
            let shutdown = Deferred<Void>()
            reactor.addAsyncTrigger(before: .startup) { startup }
            reactor.callWhenRunning { note("running") }
            reactor.addAsyncTrigger(before: .shutdown) { shutdown }
            reactor.addTrigger(.before, .shutdown) {
                reactor.callLater(.milliseconds(1)) { startup.succeed() }
                reactor.callLater(.milliseconds(2)) { shutdown.succeed() }
            }
            reactor.addTrigger(.during, .shutdown) { note("running: \(reactor.isRunning)") }
        }
        #expect(notes == ["running: false"])
    }
}
