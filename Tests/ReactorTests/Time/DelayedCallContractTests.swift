// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// The contract of `ReactorTime`, tested on both reactors.
///
/// Comments name the tests of Twisted that check the same, and the differences from Twisted.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Delayed calls` {
    // Twisted: test_time.test_delayedCallStopsReactor, test_internet.test_callLater.
    @Test(arguments: ReactorKind.allCases)
    func `a call without a delay runs, and can stop the reactor`(kind: ReactorKind) {
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

    // Twisted: test_time.test_distantDelayedCall.
    @Test(arguments: ReactorKind.allCases)
    func `a call with a deadline beyond the range of the clock stays pending`(kind: ReactorKind) {
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

    // Twisted: test_internet.test_seconds.
    @Test(arguments: ReactorKind.allCases)
    func `the time begins near zero and does not run backwards`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let before = reactor.now
            #expect(before >= .zero)
            reactor.iterate(.zero)
            #expect(reactor.now >= before)
        }
    }

    // Twisted: test_internet.test_callLaterUsesReactorSecondsInDelayedCall, testCallLaterTime.
    @Test(arguments: ReactorKind.allCases)
    func `the deadline of a call is the reactor's time plus the delay`(kind: ReactorKind) {
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

    // Difference: Twisted asserts that a delay is not negative.
    @Test(arguments: ReactorKind.allCases)
    func `a negative delay counts as zero`(kind: ReactorKind) {
        kind.withReactor { reactor in
            reactor.iterate(.milliseconds(1))
            let call = reactor.callLater(.seconds(-5)) { reactor.stop() }
            let deadline = call.deadline ?? .seconds(-5)
            #expect(deadline <= reactor.now)
            #expect(deadline > reactor.now - .seconds(5))
            reactor.runToStop()
        }
    }

    // Twisted: test_internet.test_cancelDelayedCall.
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

    // Twisted: test_internet.test_cancelCancelledDelayedCall.
    // Difference: Twisted raises an exception, we return false.
    @Test(arguments: ReactorKind.allCases)
    func `a second cancel is harmless and returns false`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.zero) {}
            #expect(call.cancel())
            #expect(!call.cancel())
            #expect(!call.reset(.zero))
            #expect(!call.delay(by: .zero))
        }
    }

    // Twisted: test_internet.test_cancelCalledDelayedCallSynchronous, test_task.testAdvanceCancel.
    @Test(arguments: ReactorKind.allCases)
    func `a call that is running can no longer be cancelled or moved`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var call: DelayedCall?
            var results: [Bool] = []
            call = reactor.callLater(.zero) {
                results = [call?.isActive, call?.cancel(), call?.reset(.zero)].map { $0 == true }
                reactor.stop()
            }
            reactor.run()
            #expect(results == [false, false, false])
        }
    }

    // Twisted: test_internet.test_cancelCalledDelayedCallAsynchronous.
    @Test(arguments: ReactorKind.allCases)
    func `a call that has run cannot be cancelled`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.zero) {}
            reactor.iterate(.zero)
            #expect(!call.isActive)
            #expect(call.deadline == nil)
            #expect(!call.cancel())
        }
    }

    // Twisted: test_internet.test_callLaterReset, test_task.testCallLaterResetSooner.
    @Test(arguments: ReactorKind.allCases)
    func `a reset counts from now, and can move a call to an earlier time`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.seconds(500)) { reactor.stop() }
            #expect(call.reset(.milliseconds(1)))
            #expect(call.deadline.map { $0 <= reactor.now + .milliseconds(1) } == true)
            reactor.runToStop()
            #expect(reactor.now < .seconds(400))
        }
    }

    // Twisted: test_task.testCallLaterDelayed.
    @Test(arguments: ReactorKind.allCases)
    func `delay(by:) counts from the deadline`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let call = reactor.callLater(.seconds(10)) {}
            let first = call.deadline ?? .zero
            #expect(call.delay(by: .seconds(5)))
            #expect(call.deadline == first + .seconds(5))
            #expect(call.delay(by: .seconds(-2)))
            #expect(call.deadline == first + .seconds(3))
        }
    }

    // Twisted: base.DelayedCall.delay with a negative number of seconds.
    @Test(arguments: ReactorKind.allCases)
    func `a call that is moved into the past runs in the next turn`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran = 0
            let call = reactor.callLater(.seconds(100)) { ran += 1 }
            #expect(call.delay(by: .seconds(Int64.min)))
            reactor.iterate(.seconds(5))
            #expect(ran == 1)
            #expect(reactor.now < .seconds(5))
        }
    }

    // Twisted: test_internet.testGetDelayedCalls, test_task.test_getDelayedCalls.
    @Test(arguments: ReactorKind.allCases)
    func `the list of delayed calls holds exactly the calls that have not run`(kind: ReactorKind) {
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

    // Twisted: test_internet.test_active, test_task.testCallLater, testCallLaterCancelled.
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

    // Twisted: base.runUntilCurrent, calls that are made in a turn.
    @Test(arguments: ReactorKind.allCases)
    func `a call that is made in a turn runs in a later turn`(kind: ReactorKind) {
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

    // Twisted: base.runUntilCurrent, a call that is cancelled by another call of the same turn.
    @Test(arguments: ReactorKind.allCases)
    func `a call can cancel another call that is due in the same turn`(kind: ReactorKind) {
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
    func `a cancel releases at once the objects that the call captured`(kind: ReactorKind) {
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
    func `the time does not change inside of a turn`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var times: [Duration] = []
            for _ in 0..<3 {
                reactor.callLater(.zero) {
                    times.append(reactor.now)
                    // This takes some real time, which must not change the time of the turn.
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
