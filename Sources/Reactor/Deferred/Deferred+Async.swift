// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension Deferred {
    /// Waits for the result in the isolation of the caller.
    ///
    /// This method is meant for an actor that lives on the reactor, that is, an actor whose
    /// executor is the reactor's handle. The deferred is then read, fired and cancelled on one
    /// thread only. The waiting task is the successor of this handle, so the handle can be awaited
    /// once and accepts no callback.
    ///
    /// Cancelling the task cancels the deferred, shortly afterwards and in the same isolation. The
    /// method then throws the error that the deferred failed with, usually ``CancelledError``. If
    /// the deferred never fires, the task waits forever: the waiting task and the deferred keep
    /// each other alive, so no warning is printed.
    ///
    /// - Parameter isolation: The isolation of the caller. Leave this argument out. Without the
    ///   parameter the method would hang; a comment in the implementation explains why.
    /// - Throws: The error that the deferred failed with.
    public func value(isolation: isolated (any Actor)? = #isolation) async throws -> Value {
        if self.isPending {
            let cancellation = DeferredCancellation(self.chain)
            await withTaskCancellationHandler {
                // This line makes the closure isolated. Without it the closure runs on the global
                // thread pool, and the step below is added on one thread while the reactor fires
                // the deferred on another. The compiler does not warn, because it assumes that
                // the waiting caller alone owns the deferred.
                _ = isolation
                // The continuation carries no value, because a `Value` cannot be sent. The result
                // stays in the chain, and `takeResult` reads it after the caller has resumed.
                await withCheckedContinuation { continuation in
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

    /// Adds a last step that calls `body` and leaves the result in the chain.
    private func appendEnd(_ body: @escaping () -> Void) {
        let last = Step { chain in
            body()
            return nil
        }
        self.chain.append(last, at: self.position)
    }
}

/// Carries a chain from `onCancel`, which may run on any thread, back to the chain's isolation.
///
/// `@unchecked Sendable` is sound for a caller on an actor. The only stored property is a weak
/// reference that never changes. Only `cancel(isolation:)` reads it, as a job of the actor that
/// called `value()`, so it never runs at the same time as `value()` itself. The reference is weak
/// so that no other thread keeps the chain alive or releases it.
///
/// A caller that is isolated to no actor could resume while `cancel(isolation:)` still runs. This
/// is possible only for a deferred that the caller itself created, because the compiler does not
/// let such a caller use a deferred of a reactor. `value()` does not support that case.
private final class DeferredCancellation: @unchecked Sendable {
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
