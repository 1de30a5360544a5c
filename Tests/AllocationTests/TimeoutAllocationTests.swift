// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

@Suite(.countsAllocations) struct `Allocations of timeouts` {
    private final class Watch: TimeoutMixin {
        let timeoutState = TimeoutState()
        let clock = TestClock()
        private(set) var timeouts = 0

        func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
            self.clock.callLater(delay, body)
        }

        func timeoutConnection() {
            self.timeouts += 1
        }
    }

    private let watch = Watch()

    @Test func `a reset of an inactivity timeout allocates nothing`() {
        self.watch.setTimeout(.seconds(60))
        self.watch.resetTimeout()
        #expect(allocations { for _ in 0..<1000 { self.watch.resetTimeout() } } == 0)
    }

    @Test func `a reset allocates nothing when no timer runs`() {
        self.watch.resetTimeout()
        #expect(allocations { for _ in 0..<1000 { self.watch.resetTimeout() } } == 0)
    }
}
