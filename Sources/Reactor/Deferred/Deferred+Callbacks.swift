// swift-reactor
// SPDX-License-Identifier: Apache-2.0

// MARK: - Callbacks that return a value

extension Deferred {
    /// Adds a callback that runs if the result is a value; an error skips it.
    ///
    /// - Parameter body: Receives the value. The returned deferred succeeds with the value that
    ///   `body` returns, or fails with the error that `body` throws. If `body` returns a deferred,
    ///   use `chain` instead.
    /// - Returns: The deferred for the result of `body`. Add further callbacks to it, because this
    ///   deferred accepts only one.
    @inlinable
    @discardableResult
    public consuming func addCallback<U>(_ body: @escaping (Value) throws -> U) -> Deferred<U> {
        assert(!(U.self is any DeferredResult.Type), "use chain: this body returns a deferred")
        return self.append { chain in
            guard chain.state.status == .value else { return nil }
            do {
                chain.setValue(try body(chain.takeValue(Value.self)))
            } catch {
                chain.setError(error)
            }
            return nil
        }
    }

    /// Adds a callback that runs if the result is an error; a value skips it.
    ///
    /// - Parameter body: Receives the error. The value that `body` returns replaces the error, and
    ///   the chain continues with that value. An error that `body` throws also replaces it.
    /// - Returns: The deferred for the result of `body`. Add further callbacks to it, because this
    ///   deferred accepts only one.
    @inlinable
    @discardableResult
    public consuming func addErrback(_ body: @escaping (any Error) throws -> Value) -> Deferred<
        Value
    > {
        self.append { chain in
            guard chain.state.status == .error else { return nil }
            do {
                chain.setValue(try body(chain.takeError()))
            } catch {
                chain.setError(error)
            }
            return nil
        }
    }

    /// Adds one callback that runs with the result, whether it is a value or an error.
    ///
    /// If `body` returns a deferred, use `chainBoth` instead.
    ///
    /// - Returns: The deferred for the result of `body`. Add further callbacks to it, because this
    ///   deferred accepts only one.
    @inlinable
    @discardableResult
    public consuming func addBoth<U>(
        _ body: @escaping (Result<Value, any Error>) throws -> U
    ) -> Deferred<U> {
        assert(!(U.self is any DeferredResult.Type), "use chainBoth: this body returns a deferred")
        return self.append { chain in
            do {
                chain.setValue(try body(chain.takeResult(Value.self)))
            } catch {
                chain.setError(error)
            }
            return nil
        }
    }

    /// Adds two callbacks, one for a value and one for an error, of which one runs.
    ///
    /// An error that `callback` throws does not go to `errback` but to the next errback of
    /// the chain.
    ///
    /// - Returns: The deferred for the result of the callback that runs. Add further callbacks to
    ///   it, because this deferred accepts only one.
    @inlinable
    @discardableResult
    public consuming func addCallbacks<U>(
        _ callback: @escaping (Value) throws -> U,
        _ errback: @escaping (any Error) throws -> U
    ) -> Deferred<U> {
        assert(!(U.self is any DeferredResult.Type), "use chainBoth: this body returns a deferred")
        return self.append { chain in
            do {
                if chain.state.status == .value {
                    chain.setValue(try callback(chain.takeValue(Value.self)))
                } else {
                    chain.setValue(try errback(chain.takeError()))
                }
            } catch {
                chain.setError(error)
            }
            return nil
        }
    }

    /// Ends the chain with a callback that runs with the result, whether it is a value or an error.
    ///
    /// An error counts as handled, so it is not logged. Use `addBoth` to continue the chain.
    @inlinable
    public consuming func whenFired(_ body: @escaping (Result<Value, any Error>) -> Void) {
        self.addBoth(body)
    }

    /// Adds a step to the chain and returns the handle that comes after it.
    @inlinable
    consuming func append<U>(_ step: @escaping (Chain) -> Chain?) -> Deferred<U> {
        self.chain.append(Step(step), at: self.position)
        return Deferred<U>(chain: self.chain, position: self.position + 1)
    }
}

/// Marks the `Deferred` types, so that `addCallback` can detect a body that returns a deferred.
@usableFromInline
protocol DeferredResult {}

extension Deferred: DeferredResult {}

// MARK: - Callbacks that return a deferred

// These methods have separate names and are not overloads of `addCallback`. With an overload
// on the result type, the type checker works for seven seconds on four chained
// `addCallback { $0 + 1 }` and then gives up.

extension Deferred {
    /// Adds a callback that returns a deferred, and makes the chain wait for that deferred.
    ///
    /// The chain becomes the successor of the deferred that `body` returns, so no other callback
    /// can be added to it. While the chain waits, `cancel()` cancels that deferred. An error skips
    /// the callback.
    ///
    /// - Returns: The deferred for the result of the inner deferred. Add further callbacks to it,
    ///   because this deferred accepts only one.
    @inlinable
    @discardableResult
    public consuming func chain<U>(_ body: @escaping (Value) throws -> Deferred<U>) -> Deferred<U> {
        self.append { chain in
            guard chain.state.status == .value else { return nil }
            do {
                return try body(chain.takeValue(Value.self)).claimed()
            } catch {
                chain.setError(error)
                return nil
            }
        }
    }

    /// Adds an errback that returns a deferred, and makes the chain wait for that deferred.
    ///
    /// A value skips the errback. In all other respects this method works as `chain`.
    ///
    /// - Returns: The deferred for the result of the inner deferred. Add further callbacks to it,
    ///   because this deferred accepts only one.
    @inlinable
    @discardableResult
    public consuming func chainErrback(
        _ body: @escaping (any Error) throws -> Deferred<Value>
    ) -> Deferred<Value> {
        self.append { chain in
            guard chain.state.status == .error else { return nil }
            do {
                return try body(chain.takeError()).claimed()
            } catch {
                chain.setError(error)
                return nil
            }
        }
    }

    /// Adds a callback for a value or an error that returns a deferred, and makes the chain wait.
    ///
    /// In all other respects this method works as `chain`.
    ///
    /// - Returns: The deferred for the result of the inner deferred. Add further callbacks to it,
    ///   because this deferred accepts only one.
    @inlinable
    @discardableResult
    public consuming func chainBoth<U>(
        _ body: @escaping (Result<Value, any Error>) throws -> Deferred<U>
    ) -> Deferred<U> {
        self.append { chain in
            do {
                return try body(chain.takeResult(Value.self)).claimed()
            } catch {
                chain.setError(error)
                return nil
            }
        }
    }

    /// Returns the chain and reserves its last result for the caller.
    ///
    /// `claim` stops the program unless this handle is the last one of the chain. The check also
    /// guarantees that the last result of the chain has the type `Value`.
    @inlinable
    func claimed() -> Chain {
        self.chain.claim(at: self.position)
        return self.chain
    }
}
