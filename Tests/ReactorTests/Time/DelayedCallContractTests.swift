// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// What `ReactorTime` promises, on both reactors; numbers are those of twisted.md §8.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct DelayedCallContractTests {
    // 1, test_time: test_delayedCallStopsReactor. 6, test_internet: test_callLater.
    @Test(arguments: ReactorKind.allCases)
    func `a call with no delay runs and may stop the reactor`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran = 0
            reactor.callLater(.zero) {
                ran += 1
                reactor.stop()
            }
            reactor.run()
            #expect(ran == 1)
        }
    }

    // 2, test_time: test_distantDelayedCall.
    @Test(arguments: ReactorKind.allCases)
    func `a call that is further away than the clock reaches stays pending`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let distant = reactor.callLater(.seconds(Int64.max)) {}
            reactor.iterate(.zero)
            reactor.iterate(.zero)
            #expect(distant.isActive)
            #expect(reactor.delayedCalls.contains(distant))
            reactor.callLater(.zero) { reactor.stop() }
            reactor.run()
            #expect(!distant.isActive)
        }
    }

    // 3, test_internet: test_seconds.
    @Test(arguments: ReactorKind.allCases)
    func `time begins near zero and does not run backwards`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let before = reactor.now
            #expect(before >= .zero)
            reactor.iterate(.zero)
            #expect(reactor.now >= before)
        }
    }

    // 4, 5, 12, test_internet: test_callLaterUsesReactorSecondsInDelayedCall, testCallLaterTime.
    @Test(arguments: ReactorKind.allCases)
    func `a deadline is the reactor's time plus the delay`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var madeAt: Duration?
            var deadline: Duration?
            reactor.callLater(.zero) {
                madeAt = reactor.now
                deadline = reactor.callLater(.seconds(1)) {}.deadline
                reactor.stop()
            }
            reactor.run()
            #expect(madeAt != nil)
            #expect(deadline == madeAt.map { $0 + .seconds(1) })
        }
    }

    // Departure: Twisted asserts that a delay is not negative.
    @Test(arguments: ReactorKind.allCases)
    func `a negative delay counts as none`(kind: ReactorKind) {
        kind.withReactor { reactor in
            reactor.iterate(.milliseconds(1))
            let call = reactor.callLater(.seconds(-5)) { reactor.stop() }
            let deadline = call.deadline ?? .seconds(-5)
            #expect(deadline <= reactor.now)
            #expect(deadline > reactor.now - .seconds(5))
            reactor.runToStop()
        }
    }

    // 8, test_internet: test_cancelDelayedCall.
    @Test(arguments: ReactorKind.allCases)
    func `a cancelled call does not run`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran = false
            let call = reactor.callLater(.zero) { ran = true }
            #expect(call.cancel())
            reactor.iterate(.zero)
            reactor.iterate(.zero)
            #expect(!ran)
        }
    }

    // 9, test_internet: test_cancelCancelledDelayedCall. Departure: a Bool, not an exception.
    @Test(arguments: ReactorKind.allCases)
    func `cancelling twice is harmless and says so`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.zero) {}
            #expect(call.cancel())
            #expect(!call.cancel())
            #expect(!call.reset(.zero))
            #expect(!call.delay(by: .zero))
        }
    }

    // 10, test_internet: test_cancelCalledDelayedCallSynchronous. 71, test_task: testAdvanceCancel.
    @Test(arguments: ReactorKind.allCases)
    func `a call that runs cannot be cancelled or moved any more`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var call: DelayedCall?
            var answers: [Bool] = []
            call = reactor.callLater(.zero) {
                answers = [call?.isActive, call?.cancel(), call?.reset(.zero)].map { $0 == true }
                reactor.stop()
            }
            reactor.run()
            #expect(answers == [false, false, false])
        }
    }

    // 11, test_internet: test_cancelCalledDelayedCallAsynchronous.
    @Test(arguments: ReactorKind.allCases)
    func `a call that ran cannot be cancelled`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.zero) {}
            reactor.iterate(.zero)
            #expect(!call.isActive)
            #expect(call.deadline == nil)
            #expect(!call.cancel())
        }
    }

    // 7, test_internet: test_callLaterReset. 73, test_task: testCallLaterResetSooner.
    @Test(arguments: ReactorKind.allCases)
    func `a reset counts from now, and may bring a call forward`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.seconds(500)) { reactor.stop() }
            #expect(call.reset(.milliseconds(1)))
            #expect(call.deadline.map { $0 <= reactor.now + .milliseconds(1) } == true)
            reactor.runToStop()
            #expect(reactor.now < .seconds(400))
        }
    }

    // 72, test_task: testCallLaterDelayed.
    @Test(arguments: ReactorKind.allCases)
    func `a delay counts from the deadline`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.seconds(10)) {}
            let first = call.deadline ?? .zero
            #expect(call.delay(by: .seconds(5)))
            #expect(call.deadline == first + .seconds(5))
            #expect(call.delay(by: .seconds(-2)))
            #expect(call.deadline == first + .seconds(3))
        }
    }

    // base.DelayedCall.delay: a negative one pulls a call in.
    @Test(arguments: ReactorKind.allCases)
    func `a call that is pulled in beyond now runs in the next turn`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran = 0
            let call = reactor.callLater(.seconds(100)) { ran += 1 }
            #expect(call.delay(by: .seconds(Int64.min)))
            reactor.iterate(.seconds(5))
            #expect(ran == 1)
            #expect(reactor.now < .seconds(5))
        }
    }

    // 15, test_internet: testGetDelayedCalls. 74, test_task: test_getDelayedCalls, Empty.
    @Test(arguments: ReactorKind.allCases)
    func `the list holds exactly the calls that are still to run`(kind: ReactorKind) {
        kind.withReactor { reactor in
            #expect(reactor.delayedCalls.isEmpty)
            var inside: [DelayedCall] = []
            let first = reactor.callLater(.zero) { inside = reactor.delayedCalls }
            let second = reactor.callLater(.seconds(10)) {}
            let third = reactor.callLater(.seconds(20)) {}
            #expect(reactor.delayedCalls.count == 3)
            third.cancel()
            #expect(Set(reactor.delayedCalls) == [first, second])
            reactor.iterate(.zero)
            #expect(inside == [second])
        }
    }

    // 16, test_internet: test_active. 67, 68, test_task: testCallLater, testCallLaterCancelled.
    @Test(arguments: ReactorKind.allCases)
    func `a call is active until it runs or is cancelled`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let ran = reactor.callLater(.zero) {}
            let cancelled = reactor.callLater(.zero) {}
            #expect(ran.isActive && cancelled.isActive)
            cancelled.cancel()
            reactor.iterate(.zero)
            #expect(!ran.isActive && !cancelled.isActive)
        }
    }

    // base.runUntilCurrent: calls made during a pass wait for the next one.
    @Test(arguments: ReactorKind.allCases)
    func `a call made in a turn runs in a later one`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran: [String] = []
            reactor.callLater(.zero) {
                ran.append("outer")
                reactor.callLater(.zero) { ran.append("inner") }
            }
            reactor.iterate(.zero)
            #expect(ran == ["outer"])
            reactor.iterate(.zero)
            #expect(ran == ["outer", "inner"])
        }
    }

    // base.runUntilCurrent: a call cancelled by another one of the same pass does not run in it.
    @Test(arguments: ReactorKind.allCases)
    func `a call may cancel another that is due in the same turn`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran: [Int] = []
            var second: DelayedCall?
            reactor.callLater(.zero) {
                ran.append(1)
                #expect(second?.cancel() == true)
            }
            second = reactor.callLater(.zero) { ran.append(2) }
            reactor.callLater(.zero) { ran.append(3) }
            reactor.iterate(.milliseconds(1))
            #expect(ran == [1, 3])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `cancelling lets go of what the call captured at once`(kind: ReactorKind) {
        kind.withReactor { reactor in
            weak var seen: Captured?
            let call: DelayedCall
            do {
                let captured = Captured()
                seen = captured
                call = reactor.callLater(.seconds(1)) { _ = captured }
            }
            #expect(seen != nil)
            call.cancel()
            #expect(seen == nil)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `time stands still inside a turn`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var times: [Duration] = []
            for _ in 0..<3 {
                reactor.callLater(.zero) {
                    times.append(reactor.now)
                    // Takes a moment of real time, which the turn must not see.
                    times.append(
                        (0..<20_000).reduce(reactor.now) { now, _ in max(now, reactor.now) }
                    )
                }
            }
            reactor.iterate(.milliseconds(1))
            #expect(times.count == 6)
            #expect(Set(times).count == 1)
        }
    }
}

private final class Captured {}
