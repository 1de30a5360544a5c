// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension Deferred {
    /// Waits for the result, on the isolation of the caller.
    ///
    /// Made for an actor that lives on the reactor (its executor is the reactor's handle): the
    /// deferred is looked at, fired and cancelled on one thread only. It is the successor of this
    /// handle, so it can be awaited once, and no callback can be added to the same handle.
    ///
    /// Cancelling the task cancels the deferred, soon after and on the same isolation; what is
    /// thrown then is what the deferred failed with, usually `CancelledError`. A deferred that
    /// never fires makes this wait for ever.
    ///
    /// - Parameter isolation: Leave it out. A plain `async` method would do without it, and hang:
    ///   see the comment inside.
    /// - Throws: What the deferred failed with.
    public func value(isolation: isolated (any Actor)? = #isolation) async throws -> Value {
        if self.isPending {
            let cancellation = CancelLater(self.chain)
            await withTaskCancellationHandler {
                // Without this line the closure is not isolated and runs on the global pool, and
                // the compiler says nothing: it thinks that the deferred belongs to the waiting
                // caller. The step would then be added on one thread while the reactor fires on
                // another.
                _ = isolation
                // Resumed with nothing: a `Value` could not be sent. It is read below, on the
                // isolation.
                await withUnsafeContinuation { continuation in
                    self.appendEnd { continuation.resume() }
                }
            } onCancel: {
                cancellation.cancel(on: isolation)
            }
        } else {
            self.chain.claim(at: self.position)
        }
        return try self.chain.takeResult(Value.self).get()
    }

    /// Adds a last step that leaves the result where it is.
    private func appendEnd(_ body: @escaping () -> Void) {
        let last = Step { chain in
            body()
            return nil
        }
        self.chain.append(last, at: self.position)
    }
}

/// Carries a chain from `onCancel`, which runs on any thread, back to the isolation that it belongs
/// to.
///
/// `@unchecked Sendable` is sound for a caller on an actor: the only stored property is a weak
/// reference that never changes, and it is only read in `cancel(isolation:)`, which runs on the
/// isolation of the `value()` that made it. That goes on after it, not beside it: both are jobs of
/// that actor. Weak, so that a chain is never kept, and so never released, from another thread. A
/// caller without an isolation is not what `value()` is made for: nobody can send it a deferred that
/// a reactor fires, and only what waits for one of its own could be resumed while this still runs.
private final class CancelLater: @unchecked Sendable {
    private weak let chain: Chain?

    init(_ chain: Chain) {
        self.chain = chain
    }

    func cancel(on isolation: (any Actor)?) {
        Task { await self.cancel(isolation: isolation) }
    }

    private func cancel(isolation: isolated (any Actor)?) async {
        self.chain?.cancel()
    }
}
