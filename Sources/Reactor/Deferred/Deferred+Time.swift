// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension Deferred {
    /// Cancels the deferred and fails with ``TimeoutError`` if this handle gets no result in time.
    ///
    /// The timeout covers the steps that were added before it, not those that are added after it:
    /// the timer is cancelled when the result passes this point of the chain.
    ///
    /// The timeout cancels the deferred as ``cancel()`` does. If the canceller fires the deferred
    /// with a value or an error of its own, the chain continues with that result; only a
    /// ``CancelledError`` is replaced by a `TimeoutError`. The timer keeps the deferred alive.
    ///
    /// - Parameters:
    ///   - duration: The time limit, counted from now. With zero or less, the deferred times out
    ///     in the next turn.
    ///   - what: A description of the result, for the text of the error.
    ///   - clock: The clock that measures the limit. The default is the reactor of this thread.
    /// - Returns: The deferred for the result or the error. Add further callbacks to it, because
    ///   this deferred accepts only one.
    public func addTimeout(
        _ duration: Duration,
        waitingFor what: String = "the result of a deferred",
        clock: (any ReactorTime)? = nil
    ) -> Deferred<Value> {
        guard self.isPending else { return self }
        var timedOut = false
        let timer = (clock ?? CurrentReactor.reactor).callLater(duration) {
            timedOut = true
            self.cancel()
        }
        return self.addBoth { result in
            timer.cancel()
            if timedOut, case .failure(let error) = result, error is CancelledError {
                throw TimeoutError(after: duration, what)
            }
            return try result.get()
        }
    }
}

/// Returns a deferred that fires after a delay.
///
/// Cancelling the deferred cancels the delayed call.
///
/// - Parameters:
///   - clock: The clock that measures the delay.
///   - delay: The time from now. With zero or less, the deferred fires in the next turn.
public func deferLater(_ clock: any ReactorTime, _ delay: Duration) -> Deferred<Void> {
    // The canceller keeps the delayed call alive, and the call keeps the deferred alive. The first
    // of the two that runs breaks this cycle, and so does a reactor that shuts down, because it
    // discards its delayed calls.
    var call: DelayedCall?
    let deferred = Deferred<Void> { _ in call?.cancel() }
    call = clock.callLater(delay) { deferred.succeed() }
    return deferred
}

/// Calls `body` after a delay and returns a deferred for the value that it returns.
///
/// Cancelling the deferred before the delay is over cancels the delayed call. If `body` returns a
/// deferred, use `deferLater(clock, delay).chain { … }`.
///
/// - Parameters:
///   - clock: The clock that measures the delay.
///   - delay: The time from now. With zero or less, `body` runs in the next turn.
///   - body: The function to call. The deferred fails with the error that it throws.
public func deferLater<Value>(
    _ clock: any ReactorTime,
    _ delay: Duration,
    _ body: @escaping () throws -> Value
) -> Deferred<Value> {
    deferLater(clock, delay).addCallback(body)
}
