// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to cooperate with other threads.
public protocol ReactorThreads: AnyObject {
    /// The mailbox through which other threads reach this reactor.
    ///
    /// It is `Sendable`, any thread may use it, and it may outlive the reactor.
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
    /// Canceling the deferred makes it fail at once with ``CancelledError``. The work itself is
    /// not interrupted, and its result is discarded. When the reactor shuts down, work that has
    /// not begun is discarded too. Deferreds that are still pending then, or are made afterwards,
    /// never fire.
    ///
    /// - Parameter work: The work. Values that it captures are handed over to the worker thread and
    ///   can no longer be used here.
    /// - Returns: A deferred that fires in a later turn, with the value that `work` returns or the
    ///   error that it throws.
    func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value>
}
