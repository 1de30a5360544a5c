// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// Runs notifications one after the other, in the order in which they came, until one fails.
///
/// The first runs at once, inside the call. After ``failure`` was set, those that wait are dropped when their
/// turn comes. No recursion: a million may wait and be dropped (the original broke at about 110; reference W4).
public final class NotificationQueue {
    private let lock = DeferredLock()

    /// What ended the monitoring, if something did; set by the owner, never taken back.
    public var failure: (any Error)?

    /// Makes an empty queue.
    public init() {}

    /// Runs `body` when it is its turn, unless there is a failure by then.
    ///
    /// - Parameters:
    ///   - body: may throw, and may answer later; both kinds of failure go to `onFailure`.
    ///   - onFailure: called while the others still wait, so that what it records keeps them from running.
    /// - Returns: a deferred that fires when this one is through, and never fails.
    @discardableResult
    public func run(
        _ body: @escaping () throws -> Deferred<Void>,
        onFailure: @escaping (any Error) -> Void
    ) -> Deferred<Void> {
        self.lock.run { [self] in
            guard self.failure == nil else { return .succeeded(()) }
            return Self.attempt(body).addErrback { onFailure($0) }
        }
    }

    /// Runs `body` when everything before it is through.
    public func whenThrough(_ body: @escaping () -> Void) {
        self.lock.run {
            body()
            return .succeeded(())
        }.whenFired { _ in }
    }

    private static func attempt(_ body: () throws -> Deferred<Void>) -> Deferred<Void> {
        do { return try body() } catch { return .failed(error) }
    }
}
