// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Synchronization
import Testing

/// The triggers of startup and shutdown, on both reactors; numbers are those of twisted.md §8.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct TriggerContractTests {
    /// Runs a reactor that is stopped in its first turn, or later, and says what was noted.
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

    // 23, test_core: test_stopShutDownEvents. 36, test_internet: test_fireEvent and two more.
    @Test(arguments: ReactorKind.allCases)
    func `phases run in order, and triggers of a phase as they were added`(kind: ReactorKind) {
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

    // 33, test_internet: test_addBeforeTrigger and five more. 43: test_triggersRunOnce.
    @Test(arguments: ReactorKind.allCases)
    func `a trigger runs with its event, once`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            for phase in [TriggerPhase.before, .during, .after] {
                reactor.addTrigger(phase, .startup) { note("\(phase)") }
            }
            note("added")
        }
        #expect(notes == ["added", "before", "during", "after"])
    }

    // 34, 35, test_internet: test_removeTrigger, test_removeNonexistentTrigger. Departure: a Bool.
    @Test(arguments: ReactorKind.allCases)
    func `a trigger that was taken back does not run`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            let trigger = reactor.addTrigger(.before, .shutdown) { note("removed") }
            #expect(reactor.removeTrigger(trigger))
            #expect(!reactor.removeTrigger(trigger))
        }
        #expect(notes == [])
    }

    // 40, test_internet: test_synchronousRemoveAlreadyExecutedBefore. Departure: no warning, a
    // Bool.
    @Test(arguments: ReactorKind.allCases)
    func `a trigger that ran cannot be taken back`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            let first = reactor.addTrigger(.before, .shutdown) { note("first") }
            reactor.addTrigger(.before, .shutdown) { note("\(reactor.removeTrigger(first))") }
        }
        #expect(notes == ["first", "false"])
    }

    // 41, test_internet: test_synchronousRemovePendingBefore, PendingDuring, BeforeRemovesDuring.
    @Test(arguments: ReactorKind.allCases)
    func `a trigger may take others back that are still to run`(kind: ReactorKind) {
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

    // 42, test_internet: test_synchronousBeforeRemovesConspicuouslySimilarDuring.
    @Test(arguments: ReactorKind.allCases)
    func `triggers that do the same are different triggers`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            let body = { note("ran") }
            let removed = reactor.addTrigger(.before, .shutdown, body)
            let kept = reactor.addTrigger(.during, .shutdown, body)
            #expect(removed != kept)
            #expect(reactor.removeTrigger(removed))
        }
        #expect(notes == ["ran"])
    }

    // base._ThreePhaseEvent: the list is drained, not snapshotted, [V].
    @Test(arguments: ReactorKind.allCases)
    func `a trigger that is added to the phase that runs still runs in it`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            for phase in [TriggerPhase.before, .during, .after] {
                reactor.addTrigger(phase, .shutdown) {
                    reactor.addTrigger(phase, .shutdown) { note("late \(phase)") }
                }
            }
        }
        #expect(notes == ["late before", "late during", "late after"])
    }

    // 37, test_internet: test_asynchronousBefore, test_multipleBeforeReturnDeferred.
    // 38: test_subsequentBeforeTriggerFiresPriorBeforeDeferred.
    @Test(arguments: ReactorKind.allCases)
    func `an event waits for all that it was asked to wait for, together`(kind: ReactorKind) {
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
    func `an event does not wait for what is done already`(kind: ReactorKind) {
        let notes = self.notes(kind) { reactor, note in
            reactor.addAsyncTrigger(before: .shutdown) { .succeeded(()) }
            reactor.addTrigger(.before, .shutdown) { note("before") }
            reactor.addTrigger(.during, .shutdown) { note("during") }
        }
        #expect(notes == ["before", "during"])
    }

    // 39, test_internet: test_beforeTriggerException: logged, others run.
    @Test(arguments: ReactorKind.allCases)
    func `a failure of what an event waits for is logged and holds nothing up`(kind: ReactorKind) {
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

    // 27, test_core: test_runWithAsynchronousBeforeStartupTrigger.
    @Test(arguments: ReactorKind.allCases)
    func `the loop turns while the startup waits`(kind: ReactorKind) {
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

    // 27, the same: a stop ends a startup that waits for something that never comes.
    @Test(arguments: ReactorKind.allCases)
    func `a stop ends a startup that still waits`(kind: ReactorKind) {
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

    // 45, test_internet: test_interactionBetweenDifferentEvents.
    @Test(arguments: ReactorKind.allCases)
    func `a startup that gets ready during the shutdown starts nothing`(kind: ReactorKind) {
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
