// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// A clock that stands still until the test moves it.
///
/// ``advance(by:)`` steps to each deadline in order: inside a call ``now`` is that call's deadline,
/// ties run in the order in which the calls were made, and a call made meanwhile runs in the same
/// advance if it falls due in it. (Twisted's `Clock` jumps to the end first; see
/// Docs/FromTwisted.md.)
public final class TestClock: ReactorTime {
    private let queue = DelayedCallQueue()

    /// Makes a clock that reads zero.
    public init() {}

    /// The time that the test has let pass.
    public var now: Duration { .nanoseconds(self.queue.now) }

    /// The calls that are still to run.
    public var delayedCalls: [DelayedCall] { self.queue.pending }

    /// Queues `body` for `delay` from now; it runs in an ``advance(by:)``.
    @discardableResult
    public func callLater(_ delay: Duration, _ body: consuming @escaping () -> Void) -> DelayedCall
    {
        self.queue.schedule(after: delay.nanoseconds, body)
    }

    /// Lets `duration` pass, running each call at its deadline.
    ///
    /// Zero runs what is due now.
    ///
    /// - Precondition: `duration` is not negative, and no more than 100,000 turns pass at one
    ///   instant (a call that asks for itself again with no delay would never end).
    public func advance(by duration: Duration) {
        require(duration >= .zero, "A clock does not run backwards: \(duration).")
        self.queue.advance(to: self.queue.now.addingSaturated(duration.nanoseconds))
    }

    /// Advances by each of `steps` in turn.
    public func pump(_ steps: [Duration]) {
        for step in steps { self.advance(by: step) }
    }
}

@available(*, unavailable, message: "A test clock belongs to the thread of its test.")
extension TestClock: Sendable {}
