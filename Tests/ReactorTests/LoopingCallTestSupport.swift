// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting

/// A clock that can also jump: what is due by then runs late, as on a loop that was busy.
final class JumpingClock: ReactorTime {
    private let queue = DelayedCallQueue()

    var now: Duration { .nanoseconds(self.queue.now) }
    var delayedCalls: [DelayedCall] { self.queue.pending }

    @discardableResult
    func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.queue.schedule(after: delay.nanoseconds, body)
    }

    func jump(by duration: Duration) {
        self.queue.now += duration.nanoseconds
    }

    func advance(by duration: Duration) {
        self.queue.advance(to: self.queue.now + duration.nanoseconds)
    }
}
