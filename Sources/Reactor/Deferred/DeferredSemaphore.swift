// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Limits how many operations run at the same time; further operations wait in a queue.
///
/// The queue is first in, first out. Waiting never blocks the thread, because `acquire()` returns a
/// deferred. `release()` starts the next operation before it returns. It does so in a loop: a
/// million waiters whose operations all finish at once do not grow the stack.
public final class DeferredSemaphore {
    /// The number of operations that may run at the same time, at least one.
    public let limit: Int
    /// The number of free tokens, from 0 to ``limit``.
    ///
    /// A token that `release()` is passing on to a waiter does not count as free.
    public private(set) var tokens: Int
    private var waiters = WaiterQueue()
    /// Whether a call of `release` is on the stack and will pass on all free tokens.
    private var isHandingOver = false

    /// Creates a semaphore whose tokens are all free.
    ///
    /// - Parameter tokens: The number of operations that may run at the same time, at least one.
    public init(tokens: Int) {
        require(tokens >= 1, "A DeferredSemaphore needs at least one token, not \(tokens).")
        self.limit = tokens
        self.tokens = tokens
    }

    /// The number of operations that wait for a token, computed in O(n).
    public var waiterCount: Int { self.waiters.count }

    /// Takes a token, at once if one is free, otherwise after the operations that already wait.
    ///
    /// Cancelling the deferred while it waits removes it from the queue, and it fails with
    /// ``CancelledError``. Cancelling it after it has fired does nothing: the caller has the token
    /// and must release it.
    ///
    /// - Returns: A deferred that fires when the caller has the token.
    public func acquire() -> Deferred<Void> {
        // A token that `release` is passing on belongs to the first waiter, so `isFree` is false
        // as long as there are waiters. A new operation then goes to the end of the queue.
        guard self.isFree else { return self.waiters.enqueue() }
        self.tokens -= 1
        return .succeeded(())
    }

    /// Whether a token is free and no operation waits for it.
    var isFree: Bool { self.tokens > 0 && self.waiters.isEmpty }

    /// Returns a token and starts the operation that has waited longest, inside this call.
    ///
    /// A release without a preceding `acquire()` stops the program.
    public func release() {
        require(
            self.tokens < self.limit,
            "release() was called on a semaphore or lock that no operation holds."
        )
        self.tokens += 1
        guard !self.isHandingOver else { return }
        self.isHandingOver = true
        while self.tokens > 0, let next = self.waiters.dequeue() {
            self.tokens -= 1
            next.succeed()
        }
        self.isHandingOver = false
    }

    /// Runs an operation with a token and releases the token when the operation has its result.
    ///
    /// If a token is free, `body` runs inside this call. The token is released before the callbacks
    /// of the returned deferred run.
    ///
    /// Cancelling the returned deferred while the operation waits removes it from the queue, and
    /// `body` never runs. Cancelling it later cancels the operation. The returned deferred may be
    /// ignored: an error is then logged.
    @inlinable
    @discardableResult
    public func run<T>(_ body: @escaping () throws -> Deferred<T>) -> Deferred<T> {
        // `unowned` is sound because this closure runs only inside a call of `acquire` or
        // `release`, which keeps the semaphore alive. A strong reference would make a cycle while
        // the operation waits: semaphore, queue, deferred, step, semaphore.
        self.acquire().chain { [unowned self] in
            let operation: Deferred<T>
            do {
                operation = try body()
            } catch {
                self.release()
                throw error
            }
            return operation.addBoth { [self] result in
                self.release()
                return try result.get()
            }
        }
    }

    /// Runs a synchronous function with a token.
    ///
    /// For a function that returns a deferred use `run`, because this method releases the token as
    /// soon as `body` returns. In all other respects it works as `run`.
    @inlinable
    @discardableResult
    public func withToken<T>(_ body: @escaping () throws -> T) -> Deferred<T> {
        self.acquire().addCallback { [unowned self] in
            defer { self.release() }
            return try body()
        }
    }
}

/// A semaphore is confined to the thread of its reactor, like the deferreds in it.
@available(*, unavailable)
extension DeferredSemaphore: Sendable {}

/// A first-in, first-out queue of deferreds, each of which can leave the queue by being cancelled.
///
/// A cancelled deferred has fired, and the queue recognizes it by that, so the deferreds need no
/// canceller. A cancelled deferred stays in the array until it reaches the front or until the
/// array has grown to `compactionThreshold`. Therefore adding, removing and cancelling are O(1)
/// on average.
private struct WaiterQueue: ~Copyable {
    /// The waiters in order of arrival; the elements before `head` have left and are `nil`.
    private var waiters: [Deferred<Void>?] = []
    private var head = 0
    /// The length of the array at which `enqueue` removes the cancelled deferreds.
    private var compactionThreshold = 32

    /// The number of deferreds that wait, without the cancelled ones; computed in O(n).
    var count: Int {
        self.waiters[self.head...].count { $0?.isPending ?? false }
    }

    /// Whether no deferred waits.
    var isEmpty: Bool {
        mutating get {
            self.skipCancelled()
            return self.head == self.waiters.count
        }
    }

    /// Adds a new deferred at the end of the queue and returns it.
    mutating func enqueue() -> Deferred<Void> {
        if self.waiters.count >= self.compactionThreshold { self.removeCancelled() }
        let deferred = Deferred<Void>()
        self.waiters.append(deferred)
        return deferred
    }

    /// Removes and returns the first deferred that still waits, or `nil` if there is none.
    mutating func dequeue() -> Deferred<Void>? {
        self.skipCancelled()
        guard self.head < self.waiters.count else { return nil }
        defer { self.removeHead() }
        return self.waiters[self.head]
    }

    /// Advances `head` to the first deferred that still waits.
    private mutating func skipCancelled() {
        while self.head < self.waiters.count, self.waiters[self.head]?.hasFired ?? true {
            self.removeHead()
        }
    }

    private mutating func removeHead() {
        self.waiters[self.head] = nil
        self.head += 1
        if self.head == self.waiters.count {
            self.waiters.removeAll(keepingCapacity: self.head <= 32)
            self.head = 0
        }
    }

    private mutating func removeCancelled() {
        self.waiters.removeAll { !($0?.isPending ?? false) }
        self.head = 0
        self.compactionThreshold = max(32, self.waiters.count * 2)
    }
}
