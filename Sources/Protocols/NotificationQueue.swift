// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// Runs notifications one after the other, in the order in which they came, until one fails.
///
/// The first runs at once, inside the call. After ``failure`` was set, those that wait are dropped
/// when their turn comes. No recursion: a million may wait and be dropped (the original broke at
/// about 110; reference W4).
///
/// Nobody but the notification that runs keeps the owner of the queue alive: if that one never
/// answers and is let go, everything goes.
public final class NotificationQueue {
    private let lock = DeferredLock()

    /// What ended the monitoring, if something did; set by the owner, never taken back.
    public var failure: (any Error)?

    /// Makes an empty queue.
    public init() {}

    /// Runs `body` when it is its turn, unless there is a failure by then.
    ///
    /// - Parameters:
    ///   - owner: kept from the start of `body` until it is through.
    ///   - body: may throw, and may answer later; both kinds of failure go to `onFailure`.
    ///   - onFailure: called while the others still wait, so that what it records keeps them from
    ///     running.
    /// - Returns: a deferred that fires when this one is through, and never fails.
    @discardableResult
    public func run(
        keeping owner: AnyObject? = nil,
        _ body: @escaping () throws -> Deferred<Void>,
        onFailure: @escaping (any Error) -> Void
    ) -> Deferred<Void> {
        self.lock.acquire().chain { [unowned self, weak owner] in
            // Unowned: the lock is ours, and hands over only inside of our own calls.
            guard self.failure == nil else {
                self.lock.release()
                return .succeeded(())
            }
            return Self.attempt(body).addBoth { [self, owner] result in
                if case .failure(let error) = result { onFailure(error) }
                self.lock.release()
                // Those who wait run inside of the release, and may need it.
                withExtendedLifetime(owner) {}
            }
        }
    }

    /// Runs `body` when everything before it is through.
    public func whenThrough(_ body: @escaping () -> Void) {
        self.lock.acquire().whenFired { [unowned self] _ in
            body()
            self.lock.release()
        }
    }

    private static func attempt(_ body: () throws -> Deferred<Void>) -> Deferred<Void> {
        do { return try body() } catch { return .failed(error) }
    }
}
