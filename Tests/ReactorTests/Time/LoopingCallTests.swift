// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

/// Looping calls with a body that ends when it returns.
@Suite struct `Looping calls` {
    private struct Broken: Error {}

    private let clock = JumpingClock()

    /// The time of each call, in seconds.
    private final class Times {
        var all: [Double] = []
    }

    private let times = Times()

    private func loop(_ body: @escaping () throws -> Void = {}) -> LoopingCall {
        LoopingCall(clock: self.clock) {
            self.times.all.append(self.clock.now / .seconds(1))
            try body()
        }
    }

    @Test func `a loop calls at its start and then at each interval until it is stopped`() {
        let loop = self.loop()
        let ended = loop.start(interval: .seconds(0.1))
        self.clock.advance(by: .seconds(0.25))
        #expect(self.times.all == [0, 0.1, 0.2])
        #expect(loop.isRunning && ended.isPending)
        loop.stop()
        #expect(!loop.isRunning)
        #expect(outcome(ended.addCallback { 0 }) == .value(0))
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `a loop with a delayed start makes its first call after one interval`() {
        let loop = self.loop()
        loop.start(interval: .seconds(1), now: false)
        #expect(self.times.all.isEmpty)
        self.clock.advance(by: .seconds(2.5))
        #expect(self.times.all == [1, 2])
        loop.stop()
    }

    @Test func `the grid does not drift when the body takes long`() {
        let loop = self.loop { self.clock.jump(by: .seconds(0.7)) }
        loop.start(interval: .seconds(0.5))
        self.clock.advance(by: .seconds(1.4))
        #expect(self.times.all == [0, 1, 2])
        loop.stop()
    }

    @Test func `missed calls are skipped and the grid does not move`() {
        let loop = self.loop()
        loop.start(interval: .seconds(30))
        self.clock.advance(by: .seconds(30))
        self.clock.jump(by: .seconds(95))
        self.clock.advance(by: .zero)
        self.clock.advance(by: .seconds(25))
        #expect(self.times.all == [0, 30, 125, 150])
        loop.stop()
    }

    @Test func `a body that ends on a point of the grid is called at the next point`() {
        let loop = self.loop { self.clock.jump(by: .seconds(1)) }
        loop.start(interval: .seconds(1))
        self.clock.advance(by: .seconds(1))
        #expect(self.times.all == [0, 2])
        loop.stop()
    }

    @Test func `a loop with an interval of zero calls once in each turn`() {
        var loop: LoopingCall?
        defer { loop = nil }  // The body captures the variable, which holds the loop.
        loop = self.loop { if self.times.all.count == 6 { loop?.stop() } }
        loop?.start(interval: .zero)
        #expect(self.times.all.count == 1)
        self.clock.advance(by: .zero)
        #expect(self.times.all.count == 6)
    }

    @Test func `an error that the body throws ends the loop and fails the deferred`() {
        let loop = self.loop { if self.times.all.count == 2 { throw Broken() } }
        let ended = loop.start(interval: .seconds(1))
        self.clock.advance(by: .seconds(5))
        #expect(self.times.all == [0, 1])
        #expect(!loop.isRunning)
        #expect(outcome(ended.addCallback { 0 }) == .error("Broken()"))
    }

    @Test func `a body that stops the loop and throws fails the deferred`() {
        var loop: LoopingCall?
        defer { loop = nil }  // The body captures the variable, which holds the loop.
        loop = self.loop {
            loop?.stop()
            throw Broken()
        }
        let ended = loop!.start(interval: .seconds(1))
        #expect(outcome(ended.addCallback { 0 }) == .error("Broken()"))
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `a loop that is stopped before its delayed start never calls`() {
        let loop = self.loop()
        let ended = loop.start(interval: .seconds(1), now: false)
        loop.stop()
        self.clock.advance(by: .seconds(5))
        #expect(self.times.all.isEmpty)
        #expect(ended.hasFired)
    }

    @Test func `the stop of a loop that is not running does nothing`() {
        let loop = self.loop()
        loop.stop()
        let ended = loop.start(interval: .seconds(1))
        loop.stop()
        loop.stop()
        loop.reset()
        #expect(ended.hasFired)
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `a reset moves the origin of the grid and makes no call`() {
        let loop = self.loop()
        loop.start(interval: .seconds(1))
        self.clock.advance(by: .seconds(0.5))
        loop.reset()
        self.clock.advance(by: .seconds(2))
        #expect(self.times.all == [0, 1.5, 2.5])
        loop.stop()
    }

    @Test func `a loop that its body stops and restarts continues only as the new run`() {
        var loop: LoopingCall?
        defer { loop = nil }  // The body captures the variable, which holds the loop.
        var second: Deferred<Void>?
        loop = self.loop {
            guard self.times.all.count == 2 else { return }
            loop?.stop()
            second = loop?.start(interval: .seconds(10), now: false)
        }
        let first = loop!.start(interval: .seconds(1))
        self.clock.advance(by: .seconds(21))
        #expect(self.times.all == [0, 1, 11, 21])
        #expect(first.hasFired && second!.isPending)
        #expect(self.clock.delayedCalls.count == 1)
        loop?.stop()
        #expect(second!.hasFired)
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `a loop that its body restarts at once makes the next call in the next turn`() {
        var loop: LoopingCall?
        defer { loop = nil }  // The body captures the variable, which holds the loop.
        loop = self.loop {
            guard self.times.all.count < 3 else { return }
            loop?.stop()
            loop?.start(interval: .seconds(10))
            #expect(self.times.all.count < 3)
        }
        loop?.start(interval: .seconds(1))
        #expect(self.times.all == [0])
        self.clock.advance(by: .seconds(10))
        #expect(self.times.all == [0, 0, 0, 10])
        loop?.stop()
    }

    @Test func `a cancel of the deferred stops the loop`() {
        let loop = self.loop()
        let ended = loop.start(interval: .seconds(1))
        ended.cancel()
        #expect(!loop.isRunning)
        #expect(self.clock.delayedCalls.isEmpty)
        #expect(outcome(ended.addCallback { 0 }) == .error("\(CancelledError())"))
    }

    @Test func `a clock keeps a running loop alive, but not a stopped one`() {
        weak var weakLoop: LoopingCall?
        do {
            let loop = LoopingCall(clock: self.clock) {}
            weakLoop = loop
            loop.start(interval: .seconds(1))
        }
        #expect(weakLoop != nil)
        weakLoop?.stop()
        #expect(weakLoop == nil)
    }

    @Test func `a loop uses the reactor of the current thread by default`() {
        let reactor = MemoryReactor()
        CurrentReactor.with(reactor) {
            var calls = 0
            let loop = LoopingCall { calls += 1 }
            loop.start(interval: .seconds(1))
            #expect(calls == 1)
            #expect(reactor.delayedCalls.count == 1)
            loop.stop()
        }
    }

    @Test func `a negative interval or a second start stops the program`() async {
        await #expect(processExitsWith: .failure) {
            LoopingCall(clock: TestClock()) {}.start(interval: .seconds(-1))
        }
        await #expect(processExitsWith: .failure) {
            let loop = LoopingCall(clock: TestClock()) {}
            loop.start(interval: .seconds(1))
            loop.start(interval: .seconds(1))
        }
    }
}
