// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// Tries something again and again, with longer and longer pauses, until it works, it is hopeless,
/// or the patience is over.
struct Retry {
    var clock: any ReactorTime
    /// How long one try may take.
    var timeout: Duration
    /// How long in all.
    var patience: Duration
    /// Whether another try could help.
    var isPassing: (any Error) -> Bool
    /// Told of each failure that is tried again.
    var willRetry: (any Error, Duration) -> Void

    func run<Value>(_ body: @escaping () -> Deferred<Value>) -> Deferred<Value> {
        self.attempt(body, pause: .milliseconds(500), end: self.clock.now + self.patience)
    }

    private func attempt<Value>(
        _ body: @escaping () -> Deferred<Value>,
        pause: Duration,
        end: Duration
    ) -> Deferred<Value> {
        body().addTimeout(self.timeout, clock: self.clock).chainErrback { error in
            guard self.isPassing(error), self.clock.now + pause <= end else { throw error }
            self.willRetry(error, pause)
            return deferLater(self.clock, pause) {}.chain {
                self.attempt(body, pause: min(pause * 2, .seconds(15)), end: end)
            }
        }
    }
}
