// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Lets one operation run at a time; further operations wait in a first-in, first-out queue.
///
/// Use it to serialize operations that take time, such as requests to a server. Waiting never
/// blocks the thread, because `acquire()` returns a deferred.
///
/// The lock is not recursive. An operation that holds the lock, acquires it again and waits for the
/// result waits forever.
public final class DeferredLock {
    @usableFromInline let semaphore = DeferredSemaphore(tokens: 1)

    /// Creates a lock that no operation holds.
    public init() {}

    /// Whether an operation holds the lock or is about to receive it.
    public var isLocked: Bool { !self.semaphore.isFree }

    /// The number of operations that wait for the lock, computed in O(n).
    public var waiterCount: Int { self.semaphore.waiterCount }

    /// Takes the lock, at once if it is free, otherwise after the operations that already wait.
    ///
    /// Cancelling the deferred while it waits removes it from the queue, and it fails with
    /// ``CancelledError``. Cancelling it after it has fired does nothing: the caller holds the lock
    /// and must release it.
    ///
    /// - Returns: A deferred that fires when the caller holds the lock.
    public func acquire() -> Deferred<Void> {
        self.semaphore.acquire()
    }

    /// Releases the lock and starts the operation that has waited longest, inside this call.
    ///
    /// A release of a lock that is free stops the program.
    public func release() {
        self.semaphore.release()
    }

    /// Runs an operation under the lock and releases the lock when the operation has its result.
    ///
    /// If the lock is free, `body` runs inside this call. The lock is released before the callbacks
    /// of the returned deferred run.
    ///
    /// Cancelling the returned deferred while the operation waits removes it from the queue, and
    /// `body` never runs. Cancelling it later cancels the operation. The returned deferred may be
    /// ignored: an error is then logged.
    @inlinable
    @discardableResult
    public func run<T>(_ body: @escaping () throws -> Deferred<T>) -> Deferred<T> {
        self.semaphore.run(body)
    }

    /// Runs a synchronous function under the lock.
    ///
    /// For a function that returns a deferred use `run`, because this method releases the lock as
    /// soon as `body` returns. In all other respects it works as `run`.
    @inlinable
    @discardableResult
    public func withLock<T>(_ body: @escaping () throws -> T) -> Deferred<T> {
        self.semaphore.withToken(body)
    }
}

/// A lock is confined to the thread of its reactor, like the deferreds in it.
@available(*, unavailable)
extension DeferredLock: Sendable {}
