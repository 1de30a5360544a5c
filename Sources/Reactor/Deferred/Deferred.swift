// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A result that comes later: a value or an error, once, and the chain of callbacks that it goes
/// through.
///
/// Whoever makes a deferred fires it with `succeed(_:)` or `fail(_:)`. Whoever gets one adds
/// callbacks and goes on with the deferred that the call returned, which has the type of the
/// callback's result:
///
///     connect()
///         .addCallback { connection in connection.name }
///         .addErrback { error in "nobody" }
///         .addCallback { name in print(name) }
///
/// Callbacks run synchronously: inside of `succeed` or `fail`, or inside of `addCallback` when the
/// result is there already. What a callback throws goes to the next errback. A callback that
/// returns another deferred is added with `chain`, and the chain waits for it.
///
/// A deferred has one successor. Adding a second callback to the same handle stops the program,
/// because in Twisted it would get the first one's result, and here that has another type.
///
/// A failure that nobody handled is logged (label `reactor.deferred`) when the last handle goes. A
/// deferred that is released before it fired says nothing and runs nothing.
///
/// It is a value of two words; copies are handles of the same deferred. Confined to its reactor's
/// thread, or to the isolation in which it was made.
public struct Deferred<Value> {
    @usableFromInline let chain: Chain
    /// How many steps come before this handle.
    @usableFromInline let position: Int

    @inlinable
    init(chain: Chain, position: Int) {
        self.chain = chain
        self.position = position
    }

    /// Makes a deferred that has not fired.
    ///
    /// - Parameter canceller: Stops the work that this deferred stands for. Called by `cancel()`,
    ///   at most once and only before the deferred fired, with the deferred itself. It may fire it;
    ///   if it does not, the deferred fails with `CancelledError`. Released when the deferred
    ///   fires. Without a canceller nobody tells the source, so the first firing after a cancel is
    ///   dropped silently.
    @inlinable
    public init(canceller: ((Deferred<Value>) -> Void)? = nil) {
        if let canceller {
            self.chain = Chain { canceller(Deferred(chain: $0, position: 0)) }
        } else {
            self.chain = Chain()
        }
        self.position = 0
    }

    /// A deferred that has fired with a value.
    @inlinable
    public static func succeeded(_ value: consuming Value) -> Deferred {
        let deferred = Deferred()
        deferred.succeed(value)
        return deferred
    }

    /// A deferred that has fired with an error.
    @inlinable
    public static func failed(_ error: any Error) -> Deferred {
        let deferred = Deferred()
        deferred.fail(error)
        return deferred
    }
}

/// Deferreds take no lock: two threads that touched one would corrupt it. Hand the result over, not
/// the deferred (`callFromThread`, `deferToThread`, `value()`).
@available(*, unavailable, message: "a deferred is confined to the thread of its reactor")
extension Deferred: Sendable {}

// MARK: - Firing

extension Deferred {
    /// Fires the deferred with a value and runs its callbacks.
    ///
    /// Only the deferred that was made can be fired, and only once; both are caller's mistakes and
    /// stop the program. The exception: after a `cancel()` of a deferred without a canceller, one
    /// firing is ignored.
    @inlinable
    public func succeed(_ value: consuming Value) {
        guard self.chain.beginFiring(at: self.position) else { return }
        self.chain.setValue(value)
        self.chain.run()
    }

    /// Fires the deferred with an error and runs its errbacks.
    ///
    /// The same rules as for `succeed(_:)`.
    @inlinable
    public func fail(_ error: any Error) {
        guard self.chain.beginFiring(at: self.position) else { return }
        self.chain.setError(error)
        self.chain.run()
    }

    /// Fires the deferred with the value or the error of a result.
    @inlinable
    public func resolve(with result: Result<Value, any Error>) {
        switch result {
        case .success(let value): self.succeed(value)
        case .failure(let error): self.fail(error)
        }
    }
}

extension Deferred where Value == Void {
    /// Fires the deferred, and runs its callbacks.
    @inlinable
    public func succeed() {
        self.succeed(())
    }
}

// MARK: - State

extension Deferred {
    /// No result has come to this handle yet.
    ///
    /// For the handle that `addCallback` returned this is about the callback's result. It is still
    /// pending while the callback runs, and while the deferred that it returned is being waited
    /// for.
    public var isPending: Bool { self.chain.isPending(at: self.position) }

    /// A result has come to this handle; it may have gone on to the next one.
    public var hasFired: Bool { !self.isPending }

    /// Cancels the operation, if it still can be cancelled.
    ///
    /// Not fired: the canceller is called, and the deferred fails with `CancelledError` unless the
    /// canceller fired it. Fired, but waiting for a deferred that a callback returned: that one is
    /// cancelled, and so on to the innermost; if that one has gone without a result, whoever waits
    /// for it fails with `CancelledError`. Done: nothing happens. May be called any number of
    /// times. All handles of a chain are cancelled together.
    public func cancel() {
        self.chain.cancel()
    }
}
