// swift-reactor
// SPDX-License-Identifier: Apache-2.0

// Base names of their own, not overloads of `addCallback`: four chained `addCallback { $0 + 1 }`
// with an overload on the result type take the type checker seven seconds, and then it gives up.

extension Deferred {
    /// Adds a callback that returns a deferred, whose result the chain waits for.
    ///
    /// That deferred has its successor with this: its result goes here. While it is being waited
    /// for, `cancel()` cancels it.
    ///
    /// - Returns: The deferred to go on with; this one has its successor now.
    @inlinable
    @discardableResult
    public consuming func chain<U>(_ body: @escaping (Value) throws -> Deferred<U>) -> Deferred<U> {
        self.append { chain in
            guard chain.status == .value else { return nil }
            do {
                return try body(chain.takeValue(Value.self)).claimed()
            } catch {
                chain.setError(error)
                return nil
            }
        }
    }

    /// Adds an errback that returns a deferred, whose result the chain waits for.
    ///
    /// - Returns: The deferred to go on with; this one has its successor now.
    @inlinable
    @discardableResult
    public consuming func chainErrback(
        _ body: @escaping (any Error) throws -> Deferred<Value>
    ) -> Deferred<Value> {
        self.append { chain in
            guard chain.status == .error else { return nil }
            do {
                return try body(chain.takeError()).claimed()
            } catch {
                chain.setError(error)
                return nil
            }
        }
    }

    /// Adds a callback for the value and the error that returns a deferred, whose result the chain
    /// waits for.
    ///
    /// - Returns: The deferred to go on with; this one has its successor now.
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

    /// The chain, with its last result given away: nobody else can take it or add to it.
    ///
    /// That this handle is the last one is what makes the type of the result in the chain ours.
    @inlinable
    func claimed() -> Chain {
        self.chain.claim(at: self.position)
        return self.chain
    }
}
