// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// The life cycle of both reactors: running, stopping, and single turns.
///
/// Comments name the test of Twisted that checks the same behavior.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Life cycle of a reactor` {
    // Twisted's test_core: test_callWhenRunningOrder.
    @Test(arguments: ReactorKind.allCases)
    func `closures that wait for the startup run in the order of their registration`(
        kind: ReactorKind
    ) {
        kind.withReactor { reactor in
            var ran: [Int] = []
            for number in 0..<5 { reactor.callWhenRunning { ran.append(number) } }
            reactor.callWhenRunning { reactor.stop() }
            #expect(ran == [])
            reactor.run()
            #expect(ran == [0, 1, 2, 3, 4])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `callWhenRunning calls its closure at once if the reactor is running`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran: [String] = []
            reactor.callLater(.zero) {
                reactor.callWhenRunning { ran.append("at once") }
                ran.append("after")
                reactor.stop()
            }
            reactor.runToStop()
            #expect(ran == ["at once", "after"])
        }
    }

    // Twisted's test_core: test_runningForStartupEvents.
    @Test(arguments: ReactorKind.allCases)
    func `a reactor is running from its startup until its shutdown`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var seen: [Bool] = [reactor.isRunning]
            for event in [SystemEvent.startup, .shutdown] {
                for phase in [TriggerPhase.before, .during, .after] {
                    reactor.addTrigger(phase, event) { seen.append(reactor.isRunning) }
                }
            }
            reactor.callWhenRunning { reactor.stop() }
            reactor.run()
            seen.append(reactor.isRunning)
            #expect(seen == [false, false, true, true, true, false, false, false])
        }
    }

    // Twisted's test_core: test_stopWhenNotStarted. There it is an error.
    @Test(arguments: ReactorKind.allCases)
    func `a stop before the run makes the run end without a turn`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran: [String] = []
            reactor.addTrigger(.during, .startup) { ran.append("startup") }
            reactor.addTrigger(.during, .shutdown) { ran.append("shutdown") }
            reactor.callLater(.zero) { ran.append("call") }
            reactor.stop()
            reactor.run()
            #expect(ran == ["startup", "shutdown"])
        }
    }

    // Twisted's test_core: test_stopWhenAlreadyStopped. There it is an error.
    @Test(arguments: ReactorKind.allCases)
    func `stopping a reactor twice has no further effect`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var shutdowns = 0
            reactor.addTrigger(.during, .shutdown) {
                shutdowns += 1
                reactor.stop()
            }
            reactor.callLater(.zero) {
                reactor.stop()
                reactor.stop()
            }
            reactor.run()
            reactor.stop()
            #expect(shutdowns == 1)
        }
    }

    // Twisted's test_core: test_shutdownFiresTriggersAsynchronously.
    @Test(arguments: ReactorKind.allCases)
    func `stop() returns before the shutdown begins`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var seen: [String] = []
            reactor.addTrigger(.before, .shutdown) { seen.append("shutdown") }
            reactor.callLater(.zero) {
                reactor.stop()
                seen.append("stopped")
            }
            reactor.run()
            #expect(seen == ["stopped", "shutdown"])
        }
    }

    // Twisted does the same: a delayed call without a delay that is made beside `stop()` runs
    // before the shutdown triggers.
    @Test(arguments: ReactorKind.allCases)
    func `delayed calls that are due in the turn of the stop still run`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var seen: [String] = []
            reactor.addTrigger(.before, .shutdown) { seen.append("shutdown") }
            reactor.callLater(.zero) { reactor.stop() }
            reactor.callLater(.zero) { seen.append("call") }
            reactor.run()
            #expect(seen.first == "call")
        }
    }

    // Twisted's test_core: test_iterate.
    @Test(arguments: ReactorKind.allCases)
    func `a turn with a timeout of zero does not wait`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.seconds(5)) {}
            let before = reactor.now
            reactor.iterate(.zero)
            #expect(call.isActive)
            #expect(reactor.now - before < .seconds(4))
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a turn without events ends after its timeout`(kind: ReactorKind) {
        kind.withReactor { reactor in
            reactor.iterate(.zero)
            let before = reactor.now
            reactor.iterate(.milliseconds(20))
            #expect(reactor.now - before >= .milliseconds(15))
            #expect(reactor.now - before < .seconds(10))
        }
    }

    // In Twisted, a delayed call does not shorten the wait of iterate(delay).
    @Test(arguments: ReactorKind.allCases)
    func `a turn ends as soon as a delayed call is due`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran = false
            reactor.callLater(.milliseconds(1)) { ran = true }
            let before = reactor.now
            while !ran, reactor.now < before + .seconds(10) { reactor.iterate(.seconds(20)) }
            #expect(ran)
            #expect(reactor.now - before < .seconds(10))
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `single turns can be made before the run`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran = 0
            reactor.callLater(.zero) { ran += 1 }
            reactor.iterate(.zero)
            reactor.callLater(.zero) {
                ran += 1
                reactor.stop()
            }
            reactor.run()
            #expect(ran == 2)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `an asynchronous shutdown trigger can use the reactor until its deferred fires`(
        kind: ReactorKind
    ) {
        kind.withReactor { reactor in
            var turns = 0
            let done = Deferred<Void>()
            reactor.addAsyncTrigger(before: .shutdown) {
                func tick() {
                    turns += 1
                    if turns == 5 { done.succeed() } else { reactor.callLater(.zero) { tick() } }
                }
                tick()
                return done
            }
            reactor.callLater(.zero) { reactor.stop() }
            reactor.runToStop()
            #expect(turns == 5)
        }
    }
}
