// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor
import ReactorTesting

/// A test clock that can also run calls late, as a reactor does after its loop was blocked.
///
/// `TestClock` stops at each deadline on its way. This clock can pass deadlines without a stop, so
/// the calls that were due in between run only at the time to which the clock has jumped.
package final class JumpingClock: ReactorTime {
    private let queue = DelayedCallQueue()

    package init() {}

    package var now: Duration { .nanoseconds(self.queue.now) }
    package var delayedCalls: [DelayedCall] { self.queue.pending }

    @discardableResult
    package func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.queue.schedule(after: delay.nanoseconds, body)
    }

    /// Adds `duration` to the current time and runs nothing.
    ///
    /// A call that takes long is simulated by a jump inside of its body.
    package func jump(by duration: Duration) {
        self.queue.now += duration.nanoseconds
    }

    /// Sets the current time to `time` in one step, then runs every call that is due by then.
    package func wakeUp(at time: Duration) {
        self.queue.now = time.nanoseconds
        self.queue.runDue()
    }

    /// Lets `duration` pass and runs each call at its own deadline.
    package func advance(by duration: Duration) {
        self.queue.advance(to: self.queue.now + duration.nanoseconds)
    }
}
