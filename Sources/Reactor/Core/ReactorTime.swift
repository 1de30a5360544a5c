// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to read a clock and to call a closure later.
///
/// A function that only needs a clock takes `any ReactorTime`, so that a test can pass a clock that
/// it advances by hand:
///
///     func remind(after delay: Duration, clock: any ReactorTime) {
///         clock.callLater(delay) { print("It is time.") }
///     }
///
/// The time is monotonic. It counts from an origin that each reactor chooses for itself, so times
/// of different reactors cannot be compared, and a change of the system's wall clock moves no
/// delayed call. On the real reactor, time during which the machine is suspended does not count
/// (CLOCK_MONOTONIC, see clock_gettime(2)).
public protocol ReactorTime: AnyObject {
    /// The monotonic time of the current turn, counted from the reactor's origin.
    ///
    /// The reactor reads the clock once per turn, right after it has waited for events. All reads
    /// in one turn therefore give the same value, however long the turn takes. On `MemoryReactor`
    /// and `TestClock` the value inside a delayed call equals the deadline of that call.
    var now: Duration { get }

    /// Calls `body` once on the reactor's thread, when `delay` has passed, and never inside the
    /// current turn.
    ///
    ///     let reminder = reactor.callLater(.seconds(30)) { print("Still waiting.") }
    ///     reminder.cancel()
    ///
    /// Calls with equal deadlines run in the order in which they were made. No call runs before its
    /// deadline. A call can run about a millisecond late because of the resolution of
    /// epoll_wait(2), and later still if other callbacks block the loop.
    ///
    /// The reactor retains `body`, and everything that `body` captures, until the call has run or
    /// is cancelled, or until the reactor shuts down. A call that is still pending when the reactor
    /// shuts down never runs. A call that is made afterwards is inactive from the start.
    ///
    /// Call this method on the reactor's thread only; other threads
    /// use ``ReactorHandle/callFromThread(_:)``.
    ///
    /// - Parameters:
    ///   - delay: Time from ``now`` to the deadline. A negative delay counts as zero. A deadline
    ///     beyond the range of the clock (about 292 years) is never reached.
    ///   - body: The closure to call. It must not block, because nothing else runs on the
    ///     reactor meanwhile.
    /// - Returns: A value that can cancel the call or move its deadline. If the caller discards
    ///   the value, the call still runs.
    @discardableResult
    func callLater(_ delay: Duration, _ body: consuming @escaping () -> Void) -> DelayedCall

    /// All calls that are still to run, in no particular order.
    ///
    /// Each access builds a new array, in time proportional to the number of pending calls. The
    /// property is meant for tests, which check at their end that no call is pending.
    var delayedCalls: [DelayedCall] { get }
}
