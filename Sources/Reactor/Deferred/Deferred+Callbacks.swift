// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension Deferred {
    /// Adds a callback for the value; an error passes it by.
    ///
    /// - Parameter body: Gets the value. What it returns is the value of the deferred that this
    ///   call returns, and what it throws is its error. A body that returns a deferred belongs to
    ///   `chain`.
    /// - Returns: The deferred to go on with; this one has its successor now.
    @inlinable
    @discardableResult
    public consuming func addCallback<U>(_ body: @escaping (Value) throws -> U) -> Deferred<U> {
        assert(!(U.self is any DeferredResult.Type), "use chain: this body returns a deferred")
        return self.append { chain in
            guard chain.status == .value else { return nil }
            do {
                chain.setValue(try body(chain.takeValue(Value.self)))
            } catch {
                chain.setError(error)
            }
            return nil
        }
    }

    /// Adds a callback for the error; a value passes it by.
    ///
    /// - Parameter body: Gets the error. What it returns replaces it: the chain goes on with that
    ///   value. What it throws is the new error.
    /// - Returns: The deferred to go on with; this one has its successor now.
    @inlinable
    @discardableResult
    public consuming func addErrback(_ body: @escaping (any Error) throws -> Value) -> Deferred<
        Value
    > {
        self.append { chain in
            guard chain.status == .error else { return nil }
            do {
                chain.setValue(try body(chain.takeError()))
            } catch {
                chain.setError(error)
            }
            return nil
        }
    }

    /// Adds one callback for the value and the error.
    ///
    /// - Returns: The deferred to go on with; this one has its successor now.
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

    /// Adds a callback for the value and another one for the error, of which one runs.
    ///
    /// What `callback` throws does not go to `errback`, but to the one that comes next.
    ///
    /// - Returns: The deferred to go on with; this one has its successor now.
    @inlinable
    @discardableResult
    public consuming func addCallbacks<U>(
        _ callback: @escaping (Value) throws -> U,
        _ errback: @escaping (any Error) throws -> U
    ) -> Deferred<U> {
        assert(!(U.self is any DeferredResult.Type), "use chainBoth: this body returns a deferred")
        return self.append { chain in
            do {
                if chain.status == .value {
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

    /// Ends the chain: calls `body` with the result, whatever it is, and returns nothing to go on
    /// with.
    ///
    /// The failure counts as handled.
    @inlinable
    public consuming func whenFired(_ body: @escaping (Result<Value, any Error>) -> Void) {
        self.addBoth(body)
    }

    @inlinable
    consuming func append<U>(_ step: @escaping (Chain) -> Chain?) -> Deferred<U> {
        self.chain.append(Step(step), at: self.position)
        return Deferred<U>(chain: self.chain, position: self.position + 1)
    }
}

/// Tells a deferred from other types, for the checks that a body goes to the right method.
@usableFromInline
protocol DeferredResult {}

extension Deferred: DeferredResult {}
