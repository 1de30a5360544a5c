// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to tell the time and to call something later.
///
/// Time is monotonic: it counts from an origin of the reactor's own and knows nothing of the wall
/// clock, so a step of the system's clock moves no delayed call. Inside one turn of the loop it
/// stands still.
public protocol ReactorTime: AnyObject {
    /// The monotonic time of this turn, counted from the reactor's origin.
    ///
    /// Cached for the turn: two reads in one turn give the same value, however long the turn takes.
    /// In the fake, inside a delayed call it equals that call's deadline.
    var now: Duration { get }

    /// Calls `body` once, `delay` from now, on the reactor's thread, in a later turn than this one.
    ///
    /// Equal deadlines run in the order in which the calls were made. A negative delay counts as
    /// zero; one that reaches beyond the clock's range (292 years) never fires. Not safe from other
    /// threads: use ``ReactorHandle/callFromThread(_:)`` there.
    ///
    /// - Returns: the call, with which it can be cancelled or moved. The reactor keeps it until it
    ///   runs.
    @discardableResult
    func callLater(_ delay: Duration, _ body: consuming @escaping () -> Void) -> DelayedCall

    /// All calls that are still to run, in no particular order.
    var delayedCalls: [DelayedCall] { get }
}
