// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// Inactivity timeouts: `TimeoutMixin` and `TimeoutError`.
@Suite struct `Inactivity timeouts` {
    private class Watch: TimeoutMixin {
        let timeoutState = TimeoutState()
        let clock: TestClock
        var timeouts: [Duration] = []

        init(_ clock: TestClock) {
            self.clock = clock
        }

        func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
            self.clock.callLater(delay, body)
        }

        func timeoutConnection() {
            self.timeouts.append(self.clock.now)
        }
    }

    private let clock = TestClock()
    private let watch: Watch

    init() {
        self.watch = Watch(self.clock)
    }

    @Test func `a timeout fires once when nothing has happened for the whole period`() {
        self.watch.setTimeout(.seconds(5))
        self.clock.advance(by: .milliseconds(4999))
        #expect(self.watch.timeouts.isEmpty)
        self.clock.advance(by: .seconds(20))
        #expect(self.watch.timeouts == [.seconds(5)])
    }

    @Test func `a reset restarts the period`() {
        self.watch.setTimeout(.seconds(5))
        self.clock.advance(by: .seconds(4))
        self.watch.resetTimeout()
        self.clock.advance(by: .seconds(4))
        #expect(self.watch.timeouts.isEmpty)
        self.clock.advance(by: .seconds(1))
        #expect(self.watch.timeouts == [.seconds(9)])
    }

    @Test func `a new period replaces the old one and begins now`() {
        self.watch.setTimeout(.seconds(5))
        self.clock.advance(by: .seconds(4))
        self.watch.setTimeout(.seconds(2))
        self.clock.advance(by: .seconds(10))
        #expect(self.watch.timeouts == [.seconds(6)])
    }

    @Test func `setTimeout returns the previous period`() {
        #expect(self.watch.setTimeout(.seconds(5)) == nil)
        #expect(self.watch.setTimeout(.seconds(6)) == .seconds(5))
        #expect(self.watch.setTimeout(nil) == .seconds(6))
        #expect(self.watch.setTimeout(nil) == nil)
    }

    @Test func `a cancelled timeout never fires, and a second cancel is harmless`() {
        self.watch.setTimeout(.seconds(5))
        self.watch.cancelTimeout()
        self.watch.cancelTimeout()
        #expect(self.clock.delayedCalls.isEmpty)
        self.watch.resetTimeout()
        self.clock.advance(by: .seconds(10))
        #expect(self.watch.timeouts.isEmpty)
    }

    @Test func `a reset after the timeout has fired does not start another one`() {
        self.watch.setTimeout(.seconds(5))
        self.clock.advance(by: .seconds(5))
        self.watch.resetTimeout()
        #expect(self.clock.delayedCalls.isEmpty)
        #expect(!self.watch.timeoutState.isArmed)
        #expect(self.watch.timeoutState.period == .seconds(5))
    }

    @Test func `a timeout with a period of zero fires in the next turn`() {
        self.watch.setTimeout(.zero)
        #expect(self.watch.timeouts.isEmpty)
        self.clock.advance(by: .zero)
        #expect(self.watch.timeouts == [.zero])
    }

    @Test func `a timeout whose delayed call was cancelled can be set again`() {
        self.watch.setTimeout(.seconds(5))
        self.clock.delayedCalls[0].cancel()
        self.watch.resetTimeout()
        #expect(self.clock.delayedCalls.isEmpty)
        #expect(self.watch.setTimeout(.seconds(3)) == .seconds(5))
        self.clock.advance(by: .seconds(3))
        #expect(self.watch.timeouts == [.seconds(3)])
    }

    @Test func `timeoutConnection can set the timeout again`() {
        final class Again: Watch {
            override func timeoutConnection() {
                super.timeoutConnection()
                #expect(!self.timeoutState.isArmed)
                if self.timeouts.count < 3 { self.setTimeout(.seconds(1)) }
            }
        }
        let again = Again(self.clock)
        again.setTimeout(.seconds(5))
        self.clock.advance(by: .seconds(20))
        #expect(again.timeouts == [.seconds(5), .seconds(6), .seconds(7)])
    }

    @Test func `a timer does not keep its owner alive, and is cancelled with it`() {
        var watch: Watch? = Watch(self.clock)
        weak let weakWatch = watch
        watch?.setTimeout(.seconds(5))
        watch = nil
        #expect(weakWatch == nil)
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `a timeout uses the reactor of the current thread by default`() {
        final class Plain: TimeoutMixin {
            let timeoutState = TimeoutState()
            var timeouts = 0
            func timeoutConnection() { self.timeouts += 1 }
        }
        let reactor = MemoryReactor()
        let plain = Plain()
        CurrentReactor.with(reactor) { _ = plain.setTimeout(.seconds(1)) }
        reactor.advance(by: .seconds(1))
        #expect(plain.timeouts == 1)
    }

    @Test func `a TimeoutError describes its duration and what took too long`() {
        let error = TimeoutError(after: .seconds(1.5), "the answer of the scheduler")
        #expect("\(error)" == "Timed out after 1.5 seconds: the answer of the scheduler.")
    }
}
