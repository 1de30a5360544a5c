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
    /// the reactor shuts down first, the method throws ``CancelledError``, and the deferred itself
    /// is not cancelled. The same holds for a call that is made after the shutdown. In an isolation
    /// that belongs to no reactor, a task that awaits a deferred that never fires waits forever.
    ///
    /// - Parameter isolation: The isolation of the caller. Leave this argument out. Without the
    ///   parameter the method would hang; a comment in the implementation explains why.
    /// - Throws: The error that the deferred failed with, or ``CancelledError`` if the reactor has
    ///   shut down.
    public func value(isolation: isolated (any Actor)? = #isolation) async throws -> Value {
        if self.isPending {
            let waiting = WaitingTask(self.chain, ReactorHandle.current)
            await withTaskCancellationHandler {
                // This line makes the closure isolated. Without it the closure runs on the global
                // thread pool, and the step below is added on one thread while the reactor fires
                // the deferred on another. The compiler does not warn, because it assumes that
                // the waiting caller alone owns the deferred.
                _ = isolation
                // The continuation carries no value, because a `Value` cannot be sent. The result
                // stays in the chain, and `takeResult` reads it after the caller has resumed.
                await withCheckedContinuation { continuation in
                    if waiting.begin(continuation) { self.appendEnd { waiting.end() } }
                }
            } onCancel: {
                waiting.cancel(on: isolation)
            }
            if waiting.wasAbandoned { throw CancelledError() }
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

/// A task that awaits a deferred.
///
/// `@unchecked Sendable` is sound for a caller on an actor of a reactor. `handle` never changes.
/// All other properties are used only in the isolation of the caller: by `value()` itself, by the
/// step that ends the wait, by `cancelNow()`, which runs as a message of the reactor or as a job of
/// the actor, and by `reactorHasEnded()`, which the reactor calls on its thread while no other job
/// of the actor can run.
/// The reference to the chain is weak so that no other thread keeps the chain alive or releases it.
///
/// A caller that is isolated to no actor could resume while `cancel(isolation:)` still runs. This
/// is possible only for a deferred that the caller itself created, because the compiler does not
/// let such a caller use a deferred of a reactor. `value()` does not support that case.
final class WaitingTask: @unchecked Sendable {
    private weak let chain: Chain?
    /// The mailbox of the reactor, or `nil` if the isolation belongs to no reactor.
    private let handle: ReactorHandle?
    /// Resumes the task, or `nil` before the wait and after it.
    private var continuation: CheckedContinuation<Void, Never>?
    /// Whether the task was resumed although the deferred has no result.
    private(set) var wasAbandoned = false

    init(_ chain: Chain, _ handle: ReactorHandle?) {
        self.chain = chain
        self.handle = handle
    }

    /// Begins the wait, or resumes the task at once if the reactor has ended.
    ///
    /// - Returns: Whether the task waits.
    func begin(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        self.continuation = continuation
        guard let handle = self.handle, !handle.addWaitingTask(self) else { return true }
        self.reactorHasEnded()
        return false
    }

    /// Resumes the task, because the deferred has its result.
    func end() {
        guard let continuation = self.continuation else { return }
        self.continuation = nil
        self.handle?.removeWaitingTask(self)
        continuation.resume()
    }

    /// Resumes the task, because nothing will fire the deferred any more.
    func reactorHasEnded() {
        guard let continuation = self.continuation else { return }
        self.continuation = nil
        self.wasAbandoned = true
        continuation.resume()
    }

    /// Cancels the deferred, in the isolation of the task; any thread may call this method.
    ///
    /// A reactor that has ended discards the message, and its waits have ended already.
    func cancel(on isolation: (any Actor)?) {
        if let handle = self.handle {
            handle.callFromThread { self.cancelNow() }
        } else {
            Task { await self.cancel(isolation: isolation) }
        }
    }

    private func cancel(isolation: isolated (any Actor)?) async {
        self.cancelNow()
    }

    private func cancelNow() {
        // The deferred may have fired since the task was cancelled.
        if self.continuation != nil { self.chain?.cancel() }
    }
}
