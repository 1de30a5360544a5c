// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

/// A clock that is late, as a reactor whose loop was held up: it jumps, and what was due on the way
/// runs once it has arrived.
final class JumpingClock: ReactorTime {
    private let queue = DelayedCallQueue()

    var now: Duration { .nanoseconds(self.queue.now) }
    var delayedCalls: [DelayedCall] { self.queue.pending }

    @discardableResult
    func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.queue.schedule(after: delay.nanoseconds, body)
    }

    /// Jumps, and runs what is due there.
    func jump(to time: Duration) {
        self.queue.now = time.nanoseconds
        self.queue.runDue()
    }
}
