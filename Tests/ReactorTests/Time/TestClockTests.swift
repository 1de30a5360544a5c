// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// The test clock, which is also the clock of the memory reactor.
@Suite struct `Test clock` {
    // Twisted: test_task.testSeconds.
    @Test func `a new clock reads zero and has no calls`() {
        let clock = TestClock()
        #expect(clock.now == .zero)
        #expect(clock.delayedCalls.isEmpty)
        clock.advance(by: .zero)
        #expect(clock.now == .zero)
    }

    // Twisted: test_task.test_callLaterOrdering.
    @Test func `callLater returns the new call even if another call is due earlier`() {
        let clock = TestClock()
        let late = clock.callLater(.seconds(10)) {}
        let soon = clock.callLater(.seconds(1)) {}
        #expect(late != soon)
        #expect(late.deadline == .seconds(10))
        #expect(soon.deadline == .seconds(1))
    }

    // Twisted: test_task.testAdvance.
    @Test func `a call runs exactly at its deadline`() {
        let clock = TestClock()
        var ran = false
        clock.callLater(.seconds(2)) { ran = true }
        clock.advance(by: .seconds(2) - .nanoseconds(1))
        #expect(!ran)
        clock.advance(by: .nanoseconds(1))
        #expect(ran)
    }

    // Twisted: test_task.testCallLaterResetLater.
    @Test func `a reset moves the deadline from now`() {
        let clock = TestClock()
        var ranAt: Duration?
        let call = clock.callLater(.seconds(3)) { ranAt = clock.now }
        clock.advance(by: .seconds(2))
        call.reset(.seconds(3))
        clock.advance(by: .seconds(10))
        #expect(ranAt == .seconds(5))
    }

    // Difference: the clock of Twisted first moves to the end.
    @Test func `advance(by:) stops at each deadline on the way`() {
        let clock = TestClock()
        var seen: [Duration] = []
        func tick() {
            seen.append(clock.now)
            clock.callLater(.seconds(1)) { tick() }
        }
        clock.callLater(.seconds(1)) { tick() }
        clock.advance(by: .seconds(3))
        #expect(seen == [.seconds(1), .seconds(2), .seconds(3)])
    }

    @Test func `pump advances the clock by each of the steps`() {
        let clock = TestClock()
        var seen: [Duration] = []
        for second in 1...3 { clock.callLater(.seconds(second)) { seen.append(clock.now) } }
        clock.pump([.seconds(1), .milliseconds(500), .milliseconds(500)])
        #expect(seen == [.seconds(1), .seconds(2)])
        #expect(clock.now == .seconds(2))
    }

    // Twisted: task.Clock allows a call to advance the clock.
    @Test func `a call can advance the clock`() {
        let clock = TestClock()
        var seen: [Duration] = []
        clock.callLater(.seconds(1)) { clock.advance(by: .seconds(5)) }
        clock.callLater(.seconds(3)) { seen.append(clock.now) }
        clock.advance(by: .seconds(2))
        #expect(seen == [.seconds(3)])
        #expect(clock.now == .seconds(6))
    }

    @Test func `calls that are made by a call run in order when that call advances the clock`() {
        let clock = TestClock()
        var seen: [String] = []
        clock.callLater(.seconds(1)) {
            clock.callLater(.zero) { seen.append("made at \(clock.now)") }
            clock.advance(by: .zero)
            seen.append("after nothing")
            clock.callLater(.zero) { seen.append("made again at \(clock.now)") }
            clock.advance(by: .seconds(1))
            seen.append("after a second")
            clock.callLater(.zero) { seen.append("left at \(clock.now)") }
        }
        clock.callLater(.seconds(2) + .nanoseconds(5)) { seen.append("another") }
        clock.advance(by: .seconds(1))
        #expect(
            seen == [
                "made at 1.0 seconds", "after nothing", "made again at 1.0 seconds",
                "after a second",
            ]
        )
        clock.advance(by: .seconds(1))
        #expect(seen.suffix(2) == ["left at 2.0 seconds", "another"])
    }

    @Test func `a negative advance stops the program`() async {
        await #expect(processExitsWith: .failure) { TestClock().advance(by: .seconds(-1)) }
    }

    @Test func `a call that schedules itself endlessly without a delay stops the program`()
        async
    {
        await #expect(processExitsWith: .failure) {
            let clock = TestClock()
            func again() { clock.callLater(.zero) { again() } }
            again()
            clock.advance(by: .zero)
        }
    }
}
