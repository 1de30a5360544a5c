// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// Repeats an operation, after longer and longer pauses, until it succeeds.
///
/// The pauses are 0.5, 1, 2, 4, 8 seconds and then 15 seconds each. The last pause is shortened, so
/// that the last attempt starts exactly at the wait limit. The operation fails with the last error
/// when an error is not temporary, or when the wait limit has been reached.
struct Retry {
    var clock: any ReactorTime
    /// The time limit of one attempt.
    var timeout: Duration
    /// How long after the first attempt another one may start.
    var waitLimit: Duration
    /// Returns whether another attempt could succeed after this error.
    var isTemporary: (any Error) -> Bool
    /// Called with the error and the pause before each further attempt.
    var willRetry: (any Error, Duration) -> Void

    func run<Value>(_ body: @escaping () -> Deferred<Value>) -> Deferred<Value> {
        self.attempt(body, pause: .milliseconds(500), end: self.clock.now + self.waitLimit)
    }

    private func attempt<Value>(
        _ body: @escaping () -> Deferred<Value>,
        pause: Duration,
        end: Duration
    ) -> Deferred<Value> {
        body().addTimeout(self.timeout, clock: self.clock).chainErrback { error in
            let left = end - self.clock.now
            guard self.isTemporary(error), left > .zero else { throw error }
            let wait = min(pause, left)
            self.willRetry(error, wait)
            return deferLater(self.clock, wait) {}.chain {
                self.attempt(body, pause: min(pause * 2, .seconds(15)), end: end)
            }
        }
    }
}
