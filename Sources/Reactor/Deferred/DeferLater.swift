// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Fires a deferred after a while.
///
/// Cancelling the deferred takes the delayed call back.
///
/// - Parameters:
///   - clock: What tells the time.
///   - delay: From now; zero or less means the next turn.
public func deferLater(_ clock: any ReactorTime, _ delay: Duration) -> Deferred<Void> {
    // The canceller holds the call and the call holds the deferred; whichever runs first lets the
    // other go, and a reactor that shuts down drops its calls.
    var call: DelayedCall?
    let deferred = Deferred<Void> { _ in call?.cancel() }
    call = clock.callLater(delay) { deferred.succeed() }
    return deferred
}

/// Calls `body` after a while, and fires a deferred with what it returns or throws.
///
/// Cancelling the deferred before takes the call back. For a body that returns a deferred use
/// `deferLater(clock, delay).chain { … }`.
///
/// - Parameters:
///   - clock: What tells the time.
///   - delay: From now; zero or less means the next turn.
///   - body: What is to be done then.
public func deferLater<Value>(
    _ clock: any ReactorTime,
    _ delay: Duration,
    _ body: @escaping () throws -> Value
) -> Deferred<Value> {
    deferLater(clock, delay).addCallback(body)
}
