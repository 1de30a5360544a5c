// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to receive messages from other threads, and to run blocking work on them.
public protocol ReactorThreads: AnyObject {
    /// The mailbox through which other threads reach this reactor.
    ///
    /// The handle is `Sendable`. Any thread may use it, even after the reactor has been destroyed.
    var handle: ReactorHandle { get }

    /// Runs blocking work on a worker thread, and delivers its result on the reactor's thread.
    ///
    ///     reactor.deferToThread { try String(contentsOfFile: path, encoding: .utf8) }
    ///         .whenFired { result in print(result) }
    ///
    /// Use it for work that would block the loop, such as file access, database queries, and name
    /// resolution. The real reactor has at most four worker threads, which start work in the order
    /// in which it was submitted. All signals are blocked in these threads.
    ///
    /// If the deferred is cancelled, it fails immediately with ``CancelledError``. The work itself
    /// is not interrupted, and its result is discarded. When the reactor shuts down, work that has
    /// not begun is discarded too. A deferred that is still pending when the reactor shuts down, or
    /// that is made afterwards, never fires.
    ///
    /// - Parameter work: The closure to call on the worker thread. Values that the closure captures
    ///   are transferred to the worker thread, so the caller can no longer use them.
    /// - Returns: A deferred that fires in a later turn, with the value that `work` returns or the
    ///   error that it throws.
    func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value>
}
