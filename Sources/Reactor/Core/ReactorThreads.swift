// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The error of an operation on a reactor that has shut down.
public struct ReactorHasShutDown: Error, Sendable, Hashable, CustomStringConvertible {
    /// Creates the error, which carries no values.
    public init() {}

    /// A fixed sentence, which says that the reactor has shut down.
    public var description: String { "The reactor has shut down." }
}

/// The ability to handle the signals that the program receives.
///
/// A program that stops in order on SIGTERM takes `any ReactorSignals`, so that a test can deliver
/// the signal to a `MemoryReactor` of the library `ReactorTesting`:
///
///     try reactor.handleSignal(.terminate) { _ in server.stop() }
public protocol ReactorSignals: AnyObject {
    /// Calls `body` on the loop when the program gets `signal`, instead of the previous action.
    ///
    /// If this reactor already handles the signal, `body` replaces the previous closure.
    ///
    /// - Throws: ``SignalError`` with EINVAL if the signal cannot be caught, or with EBUSY if
    ///   another reactor handles it; ``ReactorHasShutDown`` after the end of the reactor.
    func handleSignal(_ signal: Signal, _ body: @escaping (Signal) -> Void) throws

    /// Restores the action that the signal had before ``handleSignal(_:_:)``.
    ///
    /// If the reactor does not handle `signal`, the call has no effect.
    func stopHandlingSignal(_ signal: Signal)
}

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
    /// If the deferred is cancelled, it fails immediately with ``CancelledError``. Work that has
    /// not begun never runs. Work that has begun is not interrupted, and its result is discarded.
    /// When the reactor shuts down, work that has not begun is discarded too. A deferred that is
    /// still pending when the reactor shuts down, or that is made afterwards, never fires. A task
    /// that awaits it gets a ``CancelledError``.
    ///
    /// - Parameter work: The closure to call on the worker thread. Values that the closure captures
    ///   are transferred to the worker thread, so the caller can no longer use them.
    /// - Returns: A deferred that fires in a later turn, with the value that `work` returns or the
    ///   error that it throws. It fails with a ``ThreadError`` if the system cannot start a thread.
    func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value>
}
