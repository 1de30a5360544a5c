// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging
public import Reactor

/// The error of a monitored process that ended with anything but exit code 0.
public struct ProcessTerminated: Error, Sendable, Hashable, CustomStringConvertible {
    /// How the process ended.
    public var exit: ProcessExit
    /// The processes that were meant to end and are still alive; see `ProcessEnd.survivors`.
    public var survivors: [ProcessSurvivor]

    /// Creates an error for a process that ended with `exit`.
    public init(exit: ProcessExit, survivors: [ProcessSurvivor] = []) {
        self.exit = exit
        self.survivors = survivors
    }

    /// A sentence that states the exit, for example "The process exited with code 1.".
    ///
    /// A second sentence names the survivors, if there are any.
    public var description: String {
        "The process \(self.exit)." + self.survivors.sentence
    }
}

/// A process protocol that sends notifications while its process runs and reports one outcome.
///
/// This class adds three things to ``ProcessProtocolWithTwoStageKill``:
///
/// - ``runNotification(_:)`` runs asynchronous operations, such as calls to a scheduler, one at a
///   time and in order.
/// - ``unexpectedError(_:)`` records an error that comes from outside the process, and ends
///   the process.
/// - The deferred that is passed to the initializer fires with the outcome, exactly once: after
///   ``processEnded(_:)``, and after all notifications that were pending then. It succeeds with the
///   `ProcessEnd`, or fails with the *first* error: the error passed to ``unexpectedError(_:)``,
///   the error of a notification, or ``ProcessTerminated`` for an exit other than code 0. Later
///   errors are only logged.
///
/// A subclass that reports each chunk of output to a server:
///
/// ```swift
/// final class Progress: ProcessMonitorProtocol {
///     override func outReceived(_ data: RawSpan) {
///         let count = data.byteCount
///         self.runNotification { server.report(byteCount: count) }
///     }
/// }
/// ```
///
/// `ProcessProtocol` describes when each hook is called. This class uses `connectionMade()`,
/// ``processExited(_:)`` and ``processEnded(_:)``: a subclass that overrides one of them must
/// call `super`.
///
/// Cancelling the deferred ends the process in two stages, as
/// ``ProcessProtocolWithTwoStageKill/terminateProcess(timeout:)`` does. The deferred fails with
/// `CancelledError` at once and not only after the end, unless its canceller fires it, and so does
/// a deferred whose `addTimeout` has expired. A task that awaits the deferred cancels it when the
/// task is cancelled.
///
/// A notification has no time limit. A notification whose deferred never fires
/// keeps the outcome from being reported, so limit that deferred with `addTimeout`. The deferred
/// never fires if no process was started, that is, if `spawnProcess` threw an error.
open class ProcessMonitorProtocol: ProcessProtocolWithTwoStageKill {
    private let deferred: Deferred<ProcessEnd>
    private let notifications = NotificationQueue()

    /// How the process ended, or `nil` before ``processEnded(_:)``.
    ///
    /// The value does not depend on whether the deferred succeeds or fails.
    public private(set) var end: ProcessEnd?

    /// Creates a monitor that is not connected to a process yet.
    ///
    /// - Parameters:
    ///   - deferred: Fires with the outcome; see the description of the class.
    ///   - clock: The clock for all waits, or `nil` to use the reactor of the current thread.
    public init(deferred: Deferred<ProcessEnd>, clock: (any ReactorTime)? = nil) {
        self.deferred = deferred
        super.init(clock: clock)
        deferred.addCanceller { [weak self] in self?.deferredWasCancelled() }
    }

    /// The first error that was recorded, or `nil` if there was none so far.
    public var terminationFailure: (any Error)? { self.notifications.failure }

    /// Runs `body` once all earlier notifications have finished.
    ///
    /// If no notification is pending, `body` runs inside this call. An error that `body` throws, or
    /// that its deferred fails with, is passed to ``unexpectedError(_:)``. Once an error has been
    /// recorded, notifications are skipped.
    ///
    /// `body` reads its captured variables when it runs, which may be much later than this call.
    /// Copy a value that may change into a constant first, as the example of the class does.
    ///
    /// - Returns: A deferred that fires when the notification has finished or was skipped. The
    ///   deferred never fails.
    @discardableResult
    public func runNotification(_ body: @escaping () throws -> Deferred<Void>) -> Deferred<Void> {
        self.notifications.run(keeping: self, body) { [weak self] in self?.unexpectedError($0) }
    }

    /// Records an error that comes from outside the process, and ends the process.
    ///
    /// The deferred fails with the first recorded error, after ``processEnded(_:)``. If an error is
    /// recorded already, `error` is only logged.
    public func unexpectedError(_ error: any Error) {
        if let first = self.notifications.failure {
            self.logger.error(
                "Another error occurred. The outcome remains the first error.",
                metadata: ["error": "\(error)", "first": "\(first)"]
            )
            return
        }
        self.notifications.failure = error
        self.terminateProcess()
    }

    /// Records ``ProcessTerminated`` for an exit other than code 0, unless an error is recorded.
    ///
    /// An override must call `super`.
    open override func processExited(_ exit: ProcessExit) {
        self.recordFailure(of: exit)
        super.processExited(exit)
    }

    /// Fires the deferred once the pending notifications have finished.
    ///
    /// An override must call `super`; otherwise the deferred never fires. The deferred may fire
    /// inside that call, so an override must first do the work that the callbacks of the deferred
    /// depend on.
    open override func processEnded(_ end: ProcessEnd) {
        super.processEnded(end)
        guard self.end == nil else { return }
        self.end = end
        self.recordFailure(of: end.exit)
        // The reference is weak, because a running notification already keeps the protocol alive;
        // see `runNotification`. If its deferred is released without firing, the protocol is
        // deallocated instead of leaking.
        self.notifications.afterPending { [weak self] in self?.fire(end) }
    }

    private func deferredWasCancelled() {
        if self.notifications.failure == nil { self.notifications.failure = CancelledError() }
        self.terminateProcess()
    }

    private func fire(_ end: ProcessEnd) {
        // A deferred that was cancelled has its result already.
        guard self.deferred.isPending else { return }
        // The failure is read here and not in `processEnded`, because a notification that was
        // pending at that time may have failed.
        if let failure = self.notifications.failure {
            self.deferred.fail(Self.failure(failure, naming: end.survivors))
        } else {
            self.deferred.succeed(end)
        }
    }

    /// Returns the error with the survivors, if it is one of the errors that can name them.
    private static func failure(
        _ error: any Error,
        naming survivors: [ProcessSurvivor]
    ) -> any Error {
        switch error {
        case var error as TimeoutError where !survivors.isEmpty:
            error.survivors = survivors
            return error
        case var error as ProcessTerminated:
            error.survivors = survivors
            return error
        default: return error
        }
    }

    private func recordFailure(of exit: ProcessExit) {
        guard !exit.isSuccess, self.notifications.failure == nil else { return }
        self.notifications.failure = ProcessTerminated(exit: exit)
    }
}
