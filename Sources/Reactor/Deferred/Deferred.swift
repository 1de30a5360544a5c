// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A result that arrives later, with the chain of callbacks that processes it.
///
/// The code that starts an operation makes a deferred and fires it once, with `succeed(_:)` or
/// `fail(_:)`. The code that wants the result adds a callback and continues with the deferred that
/// this call returns, whose value has the type that the callback returns:
///
///     connect()
///         .addCallback { connection in connection.name }
///         .addErrback { error in "nobody" }
///         .addCallback { name in print(name) }
///
/// Callbacks run synchronously: inside `succeed` or `fail`, or inside `addCallback` if the result
/// is already there. An error that a callback throws goes to the next errback. A callback that
/// itself returns a deferred is added with `chain`, and the chain waits for that deferred.
///
/// A deferred accepts one successor: a callback, a task that awaits it, or another deferred that
/// waits for it. Adding a second one stops the program. In Twisted a second callback receives the
/// result of the first one, but here that result has another type.
///
/// If the last handle of a chain is released while the chain holds an error that no errback has
/// handled, the error is logged with the label `reactor.deferred`. A deferred that is released
/// before it has fired logs nothing and runs no callback.
///
/// A `Deferred` is a value of two words, and its copies are handles of the same deferred. Use them
/// only on the thread of the reactor, or in the isolation in which the deferred was made.
public struct Deferred<Value> {
    @usableFromInline let chain: Chain
    /// The number of steps in the chain that come before this handle.
    @usableFromInline let position: Int

    @inlinable
    init(chain: Chain, position: Int) {
        self.chain = chain
        self.position = position
    }

    /// Creates a deferred that has not fired.
    ///
    /// Without a canceller, the operation cannot learn that the deferred was cancelled.
    /// The first firing after a cancel is therefore ignored.
    ///
    /// - Parameter canceller: Stops the operation that this deferred stands for. `cancel()` calls
    ///   it with the deferred itself, at most once, and only before the deferred has fired. The
    ///   canceller may fire the deferred; if it does not, the deferred fails with
    ///   ``CancelledError``. The canceller is released when the deferred fires.
    @inlinable
    public init(canceller: ((Deferred<Value>) -> Void)? = nil) {
        if let canceller {
            self.chain = Chain { canceller(Deferred(chain: $0, position: 0)) }
        } else {
            self.chain = Chain()
        }
        self.position = 0
    }

    /// Returns a deferred that has already fired with a value.
    @inlinable
    public static func succeeded(_ value: consuming Value) -> Deferred {
        let deferred = Deferred()
        deferred.succeed(value)
        return deferred
    }

    /// Returns a deferred that has already fired with an error.
    @inlinable
    public static func failed(_ error: any Error) -> Deferred {
        let deferred = Deferred()
        deferred.fail(error)
        return deferred
    }
}

/// A deferred takes no lock, so two threads that used the same one would corrupt its state.
///
/// To give a result to another thread or task, use `callFromThread`, `deferToThread` or `value()`.
@available(*, unavailable, message: "a deferred is confined to the thread of its reactor")
extension Deferred: Sendable {}

// MARK: - Firing

extension Deferred {
    /// Fires the deferred with a value and runs its callbacks.
    ///
    /// Only the deferred that was created with `init` can be fired, not one that `addCallback`
    /// returned, and only once. A violation of either rule stops the program. There is one
    /// exception: after `cancel()` of a deferred without a canceller, one firing is ignored.
    @inlinable
    public func succeed(_ value: consuming Value) {
        guard self.chain.beginFiring(at: self.position) else { return }
        self.chain.setValue(value)
        self.chain.run()
    }

    /// Fires the deferred with an error and runs its errbacks.
    ///
    /// The same rules apply as for `succeed(_:)`.
    @inlinable
    public func fail(_ error: any Error) {
        guard self.chain.beginFiring(at: self.position) else { return }
        self.chain.setError(error)
        self.chain.run()
    }

    /// Fires the deferred with the value or the error of a result.
    ///
    /// The same rules apply as for `succeed(_:)`.
    @inlinable
    public func resolve(with result: Result<Value, any Error>) {
        switch result {
        case .success(let value): self.succeed(value)
        case .failure(let error): self.fail(error)
        }
    }
}

extension Deferred where Value == Void {
    /// Fires the deferred and runs its callbacks.
    ///
    /// The same rules apply as for `succeed(_:)`.
    @inlinable
    public func succeed() {
        self.succeed(())
    }
}

// MARK: - State

extension Deferred {
    /// Whether this handle has not received a result yet.
    ///
    /// A handle that `addCallback` or `chain` returned receives the result of that callback. It
    /// stays pending while the callback runs and while the chain waits for a deferred that the
    /// callback returned.
    public var isPending: Bool { self.chain.isPending(at: self.position) }

    /// Whether this handle has received a result, even if a later step has already taken it.
    public var hasFired: Bool { !self.isPending }
}

// MARK: - Cancelling

extension Deferred {
    /// Cancels the operation if it has not finished.
    ///
    /// The effect depends on the state of the chain, which all its handles share:
    /// - Before the deferred has fired, `cancel()` calls the canceller. The deferred then fails
    ///   with ``CancelledError``, unless the canceller fired it.
    /// - While the chain waits for a deferred that a callback returned, `cancel()` cancels that
    ///   deferred instead, and so on down to the innermost one. If the innermost one was released
    ///   before it fired, the chain that waits for it fails with ``CancelledError``.
    /// - After the end of the chain, `cancel()` does nothing.
    ///
    /// `cancel()` may be called any number of times.
    public func cancel() {
        self.chain.cancel()
    }

    /// Makes `cancel()` call `body`, before the canceller that the deferred was created with.
    ///
    /// An object that gets a deferred from its user, and does the work that the deferred stands
    /// for, calls this method so that a cancel reaches the work. The object must check `isPending`
    /// before it fires the deferred. The method has no effect if the deferred has fired.
    package func addCanceller(_ body: @escaping () -> Void) {
        self.chain.addCanceller(body)
    }
}

/// The error of a deferred that was cancelled and that its canceller did not fire.
public struct CancelledError: Error, Hashable, CustomStringConvertible {
    /// Creates the error, for a canceller or an operation that reports its own cancellation.
    public init() {}

    /// A sentence for log messages.
    public var description: String { "The operation was cancelled before it had a result." }
}
