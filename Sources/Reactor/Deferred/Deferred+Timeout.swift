// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension Deferred {
    /// Cancels the deferred if its result has not come here in time, and fails with
    /// ``TimeoutError`` then.
    ///
    /// Covers what was added before, not what is added after: once the result comes by, the timer
    /// is cancelled. It cancels as ``cancel()`` does; a canceller that fires the deferred with a
    /// value or an error of its own has the last word, and only a ``CancelledError`` becomes a
    /// `TimeoutError`. The timer keeps the deferred.
    ///
    /// - Parameters:
    ///   - duration: From now. Zero or less: the next turn.
    ///   - what: What is waited for, for the text of the error.
    ///   - clock: The reactor of this thread when left out.
    /// - Returns: The deferred to go on with; this one has its successor now.
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
