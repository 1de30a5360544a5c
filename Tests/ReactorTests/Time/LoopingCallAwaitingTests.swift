// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

/// Looping calls with a body that returns a deferred or gets the count.
@Suite struct `Awaiting looping calls` {
    private struct Broken: Error {}

    private let clock = JumpingClock()

    @Test func `no call is made while the body's deferred is pending`() {
        var pending: [Deferred<Void>] = []
        defer { pending = [] }  // The deferreds hold the loop, and the body of the loop holds them.
        let loop = LoopingCall.awaiting(clock: self.clock) {
            pending.append(Deferred())
            return pending.last!
        }
        loop.start(interval: .seconds(30))
        self.clock.advance(by: .seconds(75))
        #expect(pending.count == 1)
        #expect(self.clock.delayedCalls.isEmpty)
        pending[0].succeed()
        #expect(self.clock.delayedCalls.map(\.deadline) == [.seconds(90)])
        self.clock.advance(by: .seconds(15))
        #expect(pending.count == 2)
        loop.stop()
    }

    @Test func `a failure of the body's deferred ends the loop`() {
        let pending = Deferred<Void>()
        let loop = LoopingCall.awaiting(clock: self.clock) { pending }
        let ended = loop.start(interval: .seconds(1))
        pending.fail(Broken())
        #expect(outcome(ended.addCallback { 0 }) == .error("Broken()"))
        #expect(!loop.isRunning)
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `a loop that is stopped while its body is pending ends with the body`() {
        let pending = Deferred<Void>()
        let loop = LoopingCall.awaiting(clock: self.clock) { pending }
        let ended = loop.start(interval: .seconds(1))
        loop.stop()
        #expect(!loop.isRunning && ended.isPending)
        pending.succeed()
        #expect(ended.hasFired)
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `a loop that is restarted while its body is pending waits for the body`() {
        var pending: [Deferred<Void>] = []
        defer { pending = [] }  // The deferreds hold the loop, and the body of the loop holds them.
        let loop = LoopingCall.awaiting(clock: self.clock) {
            pending.append(Deferred())
            return pending.last!
        }
        let first = loop.start(interval: .seconds(1))
        loop.stop()
        loop.start(interval: .seconds(1))
        self.clock.advance(by: .seconds(5))
        #expect(pending.count == 1)
        pending[0].succeed()
        #expect(first.hasFired)
        self.clock.advance(by: .zero)
        #expect(pending.count == 2)
        loop.stop()
    }

    @Test func `a million deferreds that have already fired do not grow the stack`() {
        let calls = onSmallStack {
            let clock = TestClock()
            var calls = 0
            let loop = LoopingCall.awaiting(clock: clock) {
                calls += 1
                return .succeeded(())
            }
            loop.start(interval: .milliseconds(1))
            clock.advance(by: .seconds(1000))
            loop.stop()
            return calls
        }
        #expect(calls == 1_000_001)
    }

    @Test func `the count is the number of intervals since the last call`() {
        var counts: [Int] = []
        let loop = LoopingCall.withCount(clock: self.clock) { counts.append($0) }
        loop.start(interval: .seconds(1))
        self.clock.advance(by: .seconds(1))
        self.clock.jump(by: .seconds(3))
        self.clock.advance(by: .seconds(1))
        #expect(counts == [1, 1, 3, 1])
        loop.stop()
    }

    @Test func `the count is the number of points of the grid, not the time between the calls`() {
        var counts: [Int] = []
        let loop = LoopingCall.withCount(clock: self.clock) { counts.append($0) }
        loop.start(interval: .seconds(1), now: false)
        self.clock.advance(by: .seconds(1))
        self.clock.jump(by: .seconds(1.75))
        self.clock.advance(by: .zero)
        #expect(counts == [1, 1])
        loop.stop()
    }

    @Test func `ten calls at intervals of a tenth of a second each have the count one`() {
        var counts: [Int] = []
        let loop = LoopingCall.withCount(clock: self.clock) { counts.append($0) }
        loop.start(interval: .seconds(0.1), now: false)
        for _ in 0..<10 { self.clock.advance(by: .seconds(0.1)) }
        #expect(counts == Array(repeating: 1, count: 10))
        loop.stop()
    }

    @Test func `the count is one with an interval of zero`() {
        var counts: [Int] = []
        var loop: LoopingCall?
        defer { loop = nil }  // The body captures the variable, which holds the loop.
        loop = LoopingCall.withCount(clock: self.clock) {
            counts.append($0)
            if counts.count == 3 { loop?.stop() }
        }
        loop?.start(interval: .zero)
        self.clock.advance(by: .seconds(5))
        #expect(counts == [1, 1, 1])
    }

    @Test func `the count restarts with the loop and with a reset`() {
        var counts: [Int] = []
        let loop = LoopingCall.withCount(clock: self.clock) { counts.append($0) }
        loop.start(interval: .seconds(1))
        loop.stop()
        self.clock.advance(by: .seconds(100))
        loop.start(interval: .seconds(1))
        for _ in 0..<10 {
            self.clock.advance(by: .seconds(0.5))
            loop.reset()
        }
        self.clock.advance(by: .seconds(1))
        #expect(counts == [1, 1, 1])
        loop.stop()
    }

    @Test(arguments: [false, true])
    func `cancelling the loop cancels the deferred of its body`(isStopped: Bool) {
        var calls = 0
        let pending = Deferred<Void> { _ in calls += 1 }
        let loop = LoopingCall.awaiting(clock: self.clock) { pending }
        let ended = loop.start(interval: .seconds(1))
        if isStopped { loop.stop() }
        ended.cancel()
        #expect(calls == 1)
        #expect(!loop.isRunning)
        #expect(outcome(ended.addCallback { 0 }) == .error("\(CancelledError())"))
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `the count includes the calls that were skipped while the body was pending`() {
        var counts: [Int] = []
        var pending = Deferred<Void>()
        defer { pending = Deferred() }  // The deferred holds the loop, and its body holds that.
        let loop = LoopingCall.withCountAwaiting(clock: self.clock) { count in
            counts.append(count)
            pending = Deferred()
            return pending
        }
        loop.start(interval: .seconds(1))
        self.clock.advance(by: .seconds(2.5))
        pending.succeed()
        self.clock.advance(by: .seconds(1))
        #expect(counts == [1, 3])
        loop.stop()
    }
}
