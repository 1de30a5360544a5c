// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Lets a fixed number of operations run at a time; the others wait in line, first come, first
/// served.
///
/// Waits with deferreds, never with the thread. The next operation starts inside of the `release()`
/// that made room for it, in one loop: a million waiters that all end at once do not grow the
/// stack.
public final class DeferredSemaphore {
    /// How many operations may run at a time.
    public let limit: Int
    /// How many tokens are free; a token on its way to a waiter is not.
    public private(set) var tokens: Int
    private var waiting = WaiterQueue()
    /// A `release` further up the stack is handing tokens over, and goes on when we return.
    private var isHandingOver = false

    /// Makes a semaphore.
    ///
    /// - Parameter tokens: How many operations may run at a time, at least one.
    public init(tokens: Int) {
        require(tokens >= 1, "a semaphore needs at least one token")
        self.limit = tokens
        self.tokens = tokens
    }

    /// How many operations wait for a token; O(n) in that number.
    public var waiterCount: Int { self.waiting.count }

    /// Takes a token: at once if one is free, else when it is our turn.
    ///
    /// Cancelling the deferred while it waits gives up the place in the line, and it fails with
    /// `CancelledError`. Cancelling it later does nothing: whoever got a token has to release it.
    ///
    /// - Returns: A deferred that fires when the token is ours.
    public func acquire() -> Deferred<Void> {
        // Who comes while a token is on its way to the head of the line goes to the end of the
        // line.
        guard self.isFree else { return self.waiting.join() }
        self.tokens -= 1
        return .succeeded(())
    }

    /// A token is free, and nobody has the right to it.
    var isFree: Bool { self.tokens > 0 && self.waiting.isEmpty }

    /// Gives a token back, and with it starts who waits longest.
    ///
    /// Without a token in hand this is a caller's mistake and stops the program.
    public func release() {
        require(self.tokens < self.limit, "release of a token that nobody has")
        self.tokens += 1
        guard !self.isHandingOver else { return }
        self.isHandingOver = true
        while self.tokens > 0, let next = self.waiting.leave() {
            self.tokens -= 1
            next.succeed()
        }
        self.isHandingOver = false
    }

    /// Runs an operation with a token, and releases it when the operation's deferred has its
    /// result.
    ///
    /// With a free token `body` runs inside of this call. The token is released before the
    /// callbacks of the deferred that this call returns run. Cancelling that one gives up the place
    /// in the line, so that `body` never runs, or cancels the operation. Letting it go is fine: a
    /// failure is then logged.
    @inlinable
    @discardableResult
    public func run<T>(_ body: @escaping () throws -> Deferred<T>) -> Deferred<T> {
        // Unowned: a token comes from a call of `acquire` or `release`, which keeps self. Strong
        // would make a cycle of those who wait: semaphore, line, deferred, step, semaphore.
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

    /// Runs a body that ends when it returns, with a token.
    ///
    /// For a body that returns a deferred use `run`: this one would not wait for it.
    @inlinable
    @discardableResult
    public func withToken<T>(_ body: @escaping () throws -> T) -> Deferred<T> {
        self.acquire().addCallback { [unowned self] in
            defer { self.release() }
            return try body()
        }
    }
}

/// Confined to the reactor's thread, as the deferreds in it are.
@available(*, unavailable)
extension DeferredSemaphore: Sendable {}
