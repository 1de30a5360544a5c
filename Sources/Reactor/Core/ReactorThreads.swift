// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to work with other threads.
public protocol ReactorThreads: AnyObject {
    /// The door for other threads; may be kept and used anywhere, for as long as one likes.
    var handle: ReactorHandle { get }

    /// Runs `work` on a thread of the reactor's own and fires the deferred, on the reactor, with
    /// its result.
    ///
    /// For work that may block: files, databases, name look-ups. A few threads serve all of it,
    /// first come, first served. Cancelling the deferred fails it at once with ``CancelledError``;
    /// the work is not interrupted, its result is dropped. When the reactor shuts down, work that
    /// has not begun is dropped, and the deferreds of the rest never fire.
    func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value>
}
