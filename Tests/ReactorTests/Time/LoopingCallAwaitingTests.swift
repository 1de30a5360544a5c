// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

/// Bodies that return a deferred, and bodies that are told the count; twisted.md §8, 79 to 82 and
/// 91 to 93.
@Suite struct LoopingCallAwaitingTests {
    private struct Broken: Error {}

    private let clock = JumpingClock()

    @Test func `no call is made while the deferred of the body is pending`() {
        var pending: [Deferred<Void>] = []
        defer { pending = [] }  // They hold the loop, and its body holds them.
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

    @Test func `stopped while its body is pending, the loop ends when that does`() {
        let pending = Deferred<Void>()
        let loop = LoopingCall.awaiting(clock: self.clock) { pending }
        let ended = loop.start(interval: .seconds(1))
        loop.stop()
        #expect(!loop.isRunning && ended.isPending)
        pending.succeed()
        #expect(ended.hasFired)
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `restarted while its body is pending, the loop waits for that`() {
        var pending: [Deferred<Void>] = []
        defer { pending = [] }  // They hold the loop, and its body holds them.
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

    @Test func `a million bodies that have ended already do not grow the stack`() {
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

    @Test func `the count says how many intervals went by since the last call`() {
        var counts: [Int] = []
        let loop = LoopingCall.withCount(clock: self.clock) { counts.append($0) }
        loop.start(interval: .seconds(1))
        self.clock.advance(by: .seconds(1))
        self.clock.jump(by: .seconds(3))
        self.clock.advance(by: .seconds(1))
        #expect(counts == [1, 1, 3, 1])
        loop.stop()
    }

    @Test func `the count goes by points of the grid, not by the time between`() {
        var counts: [Int] = []
        let loop = LoopingCall.withCount(clock: self.clock) { counts.append($0) }
        loop.start(interval: .seconds(1), now: false)
        self.clock.advance(by: .seconds(1))
        self.clock.jump(by: .seconds(1.75))
        self.clock.advance(by: .zero)
        #expect(counts == [1, 1])
        loop.stop()
    }

    @Test func `ten tenths of a second are ten counts of one`() {
        var counts: [Int] = []
        let loop = LoopingCall.withCount(clock: self.clock) { counts.append($0) }
        loop.start(interval: .seconds(0.1), now: false)
        for _ in 0..<10 { self.clock.advance(by: .seconds(0.1)) }
        #expect(counts == Array(repeating: 1, count: 10))
        loop.stop()
    }

    @Test func `with an interval of zero the count is one`() {
        var counts: [Int] = []
        var loop: LoopingCall?
        defer { loop = nil }  // Its body holds it.
        loop = LoopingCall.withCount(clock: self.clock) {
            counts.append($0)
            if counts.count == 3 { loop?.stop() }
        }
        loop?.start(interval: .zero)
        self.clock.advance(by: .seconds(5))
        #expect(counts == [1, 1, 1])
    }

    @Test func `the count starts anew with the loop, and with a reset`() {
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

    @Test func `calls that were missed while the body was pending are counted`() {
        var counts: [Int] = []
        var pending = Deferred<Void>()
        defer { pending = Deferred() }  // It holds the loop, and its body holds it.
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
