// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// A clock that stands still until the test advances it.
///
/// ``advance(by:)`` stops at each deadline that it passes, so ``now`` inside a call is the deadline
/// of that call. Calls with equal deadlines run in the order in which they were made. A call that
/// is made during an advance runs in the same advance if its deadline is not after the end of the
/// advance. The `Clock` of Twisted moves to the end first; see Docs/FromTwisted.md.
public final class TestClock: ReactorTime {
    private let queue = DelayedCallQueue()

    /// Creates a clock whose time is zero.
    public init() {}

    /// The sum of all durations by which the test has advanced the clock.
    ///
    /// Inside a call it is the deadline of that call.
    public var now: Duration { .nanoseconds(self.queue.now) }

    /// The calls that have not run yet, in no particular order.
    public var delayedCalls: [DelayedCall] { self.queue.pending }

    /// Schedules `body` to run after `delay`, in a call of ``advance(by:)``.
    @discardableResult
    public func callLater(_ delay: Duration, _ body: consuming @escaping () -> Void) -> DelayedCall
    {
        self.queue.schedule(after: delay.nanoseconds, body)
    }

    /// Advances the time by `duration` and runs each call at its deadline.
    ///
    /// A duration of zero runs the calls that are due now.
    ///
    /// - Precondition: `duration` is not negative. The clock performs at most 100,000 turns at the
    ///   same time; a test that needs more turns probably has a call that schedules itself again
    ///   without a delay, and would never end.
    public func advance(by duration: Duration) {
        require(duration >= .zero, "A clock does not run backwards: \(duration).")
        self.queue.advance(to: self.queue.now.addingSaturated(duration.nanoseconds))
    }

    /// Advances the time by each of `steps`, one after the other.
    public func pump(_ steps: [Duration]) {
        for step in steps { self.advance(by: step) }
    }
}

@available(*, unavailable, message: "A test clock belongs to the thread of its test.")
extension TestClock: Sendable {}

extension DelayedCallQueue {
    /// Advances the time to `end`, stopping at each earlier deadline to run the calls that are due.
    ///
    /// - Parameters:
    ///   - end: The final time, in nanoseconds of the queue's clock.
    ///   - settle: A closure that is called after each turn.
    package func advance(to end: Int64, afterEachTurn settle: () -> Void = {}) {
        var turnsHere = 0
        while let next = self.earliest, next <= end {
            turnsHere = next > self.now ? 0 : turnsHere + 1
            require(
                turnsHere < 100_000,
                "100,000 turns at the same instant: a call schedules itself again without a delay."
            )
            self.now = max(self.now, next)
            self.runDue()
            settle()
        }
        self.now = max(self.now, end)
    }
}
