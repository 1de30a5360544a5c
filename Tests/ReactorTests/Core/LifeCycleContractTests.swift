// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Running, stopping, single turns, on both reactors; numbers are those of twisted.md §8.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct LifeCycleContractTests {
    // 20, test_core: test_callWhenRunningOrder.
    @Test(arguments: ReactorKind.allCases)
    func `what waits for the start runs in the order in which it was asked for`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran: [Int] = []
            for number in 0..<5 { reactor.callWhenRunning { ran.append(number) } }
            reactor.callWhenRunning { reactor.stop() }
            #expect(ran == [])
            reactor.run()
            #expect(ran == [0, 1, 2, 3, 4])
        }
    }

    // base.callWhenRunning: runs at once if running.
    @Test(arguments: ReactorKind.allCases)
    func `what waits for the start runs at once if the reactor runs`(kind: ReactorKind) {
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

    // 21, test_core: test_runningForStartupEvents.
    @Test(arguments: ReactorKind.allCases)
    func `a reactor counts as running from the start on until the shutdown`(kind: ReactorKind) {
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

    // 19, test_core: test_stopWhenNotStarted. Departure: harmless, not an error.
    @Test(arguments: ReactorKind.allCases)
    func `a stop before the start makes the run end at once`(kind: ReactorKind) {
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

    // 19, test_core: test_stopWhenAlreadyStopped. Departure: harmless.
    @Test(arguments: ReactorKind.allCases)
    func `stopping twice is harmless`(kind: ReactorKind) {
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

    // 24, test_core: test_shutdownFiresTriggersAsynchronously.
    @Test(arguments: ReactorKind.allCases)
    func `a stop returns before the shutdown begins`(kind: ReactorKind) {
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

    // base.stop: a zero timer queued beside stop() ran before the before-shutdown triggers, [V].
    @Test(arguments: ReactorKind.allCases)
    func `calls that are due in the turn of the stop still run`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var seen: [String] = []
            reactor.addTrigger(.before, .shutdown) { seen.append("shutdown") }
            reactor.callLater(.zero) { reactor.stop() }
            reactor.callLater(.zero) { seen.append("call") }
            reactor.run()
            #expect(seen.first == "call")
        }
    }

    // 28, test_core: test_iterate.
    @Test(arguments: ReactorKind.allCases)
    func `a turn without a timeout waits for nothing`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.seconds(5)) {}
            let before = reactor.now
            reactor.iterate(.zero)
            #expect(call.isActive)
            #expect(reactor.now - before < .seconds(4))
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a turn with nothing to do ends after its timeout`(kind: ReactorKind) {
        kind.withReactor { reactor in
            reactor.iterate(.zero)
            let before = reactor.now
            reactor.iterate(.milliseconds(20))
            #expect(reactor.now - before >= .milliseconds(15))
            #expect(reactor.now - before < .seconds(10))
        }
    }

    // Departure: Twisted's iterate(delay) is not shortened by timers.
    @Test(arguments: ReactorKind.allCases)
    func `a turn ends as soon as a call was due`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran = false
            reactor.callLater(.milliseconds(1)) { ran = true }
            let before = reactor.now
            while !ran, reactor.now < before + .seconds(10) { reactor.iterate(.seconds(20)) }
            #expect(ran)
            #expect(reactor.now - before < .seconds(10))
        }
    }

    // The turns that iterate() makes may come before run().
    @Test(arguments: ReactorKind.allCases)
    func `single turns may be made before the run`(kind: ReactorKind) {
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
    func `what waits for the shutdown may use the reactor until it is over`(kind: ReactorKind) {
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
