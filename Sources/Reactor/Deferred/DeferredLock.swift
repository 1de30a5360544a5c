// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Lets one operation run at a time; the others wait in line, first come, first served.
///
/// It is what puts operations that take time, such as calls to a server, into a series. Waits with
/// deferreds, never with the thread. Not recursive: an operation that acquires the lock that it
/// runs under, and waits for it, waits for ever.
public final class DeferredLock {
    @usableFromInline let semaphore = DeferredSemaphore(tokens: 1)

    /// Makes a free lock.
    public init() {}

    /// Somebody has the lock, or is about to get it.
    public var isLocked: Bool { !self.semaphore.isFree }

    /// How many operations wait for the lock; O(n) in that number.
    public var waiterCount: Int { self.semaphore.waiterCount }

    /// Takes the lock: at once if it is free, else when it is our turn.
    ///
    /// Cancelling the deferred while it waits gives up the place in the line, and it fails with
    /// `CancelledError`. Cancelling it later does nothing: whoever got the lock has to release it.
    ///
    /// - Returns: A deferred that fires when the lock is ours.
    public func acquire() -> Deferred<Void> {
        self.semaphore.acquire()
    }

    /// Gives the lock back, and hands it to who waits longest, who runs inside of this call.
    ///
    /// Releasing a free lock is a caller's mistake and stops the program.
    public func release() {
        self.semaphore.release()
    }

    /// Runs an operation under the lock, and releases it when the operation's deferred has its
    /// result.
    ///
    /// With a free lock `body` runs inside of this call. The lock is released before the callbacks
    /// of the deferred that this call returns run. Cancelling that one gives up the place in the
    /// line, so that `body` never runs, or cancels the operation. Letting it go is fine: a failure
    /// is then logged.
    @inlinable
    @discardableResult
    public func run<T>(_ body: @escaping () throws -> Deferred<T>) -> Deferred<T> {
        self.semaphore.run(body)
    }

    /// Runs a body that ends when it returns, under the lock.
    ///
    /// For a body that returns a deferred use `run`: this one would not wait for it.
    @inlinable
    @discardableResult
    public func withLock<T>(_ body: @escaping () throws -> T) -> Deferred<T> {
        self.semaphore.withToken(body)
    }
}

/// Confined to the reactor's thread, as the deferreds in it are.
@available(*, unavailable)
extension DeferredLock: Sendable {}
