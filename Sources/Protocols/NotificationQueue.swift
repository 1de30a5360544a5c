// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Runs asynchronous notifications one at a time, in the order of the calls, until one fails.
///
/// The first notification runs inside the call of ``run(keeping:_:onFailure:)``. Once ``failure``
/// is set, each queued notification is skipped when its turn comes. The queue does not recurse, so
/// a million queued notifications may run or be skipped without growing the stack. (Launchpad's
/// worker monitor passed the lock on by recursion, which failed at about 110 notifications.)
///
/// Only the running notification keeps the owner of the queue alive; queued ones do not. If the
/// deferred of the running notification is released without firing, the owner can be released, too,
/// and the queue is released with it.
package final class NotificationQueue {
    private let lock = DeferredLock()

    /// The error after which no further notification runs, or `nil` if there was none.
    ///
    /// The queue never sets the failure itself. The owner sets it once and never resets it.
    package var failure: (any Error)?

    package init() {}

    /// Runs `body` when its turn comes, or skips it if ``failure`` is set by then.
    ///
    /// - Parameters:
    ///   - owner: An object that stays alive from the start of `body` until its deferred has fired.
    ///   - body: The notification. It may throw, or return a deferred that fails.
    ///   - onFailure: Called with the error in both cases, before the next notification starts. If
    ///     it sets ``failure``, the queued notifications are skipped.
    /// - Returns: A deferred that fires when the notification has finished or was skipped. The
    ///   deferred never fails.
    @discardableResult
    package func run(
        keeping owner: AnyObject? = nil,
        _ body: @escaping () throws -> Deferred<Void>,
        onFailure: @escaping (any Error) -> Void
    ) -> Deferred<Void> {
        self.lock.acquire().chain { [unowned self, weak owner] in
            // `unowned` is safe: only this queue uses the lock, so the closure runs only inside a
            // method of the queue, which is alive then.
            guard self.failure == nil else {
                self.lock.release()
                return .succeeded(())
            }
            return Self.attempt(body).addBoth { [self, owner] result in
                if case .failure(let error) = result { onFailure(error) }
                self.lock.release()
                // `release()` runs the queued notifications, which refer to the owner weakly. The
                // owner must stay alive until they have started.
                withExtendedLifetime(owner) {}
            }
        }
    }

    /// Runs `body` when all notifications that were queued before it have finished.
    ///
    /// `body` runs inside this call if no notification is pending, and also if ``failure`` is set.
    package func afterPending(_ body: @escaping () -> Void) {
        self.lock.acquire().whenFired { [unowned self] _ in
            body()
            self.lock.release()
        }
    }

    private static func attempt(_ body: () throws -> Deferred<Void>) -> Deferred<Void> {
        do { return try body() } catch { return .failed(error) }
    }
}
