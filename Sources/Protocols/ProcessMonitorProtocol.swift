// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging
public import Reactor

/// A process protocol that tells others what happens, one notification at a time, and says once how
/// it all ended.
///
/// The deferred that it was made with fires exactly once, after the process has ended *and* the
/// notifications that were pending then are through: with the end if nothing went wrong, else with
/// the *first* thing that did. What comes later is logged. So a notification that never answers
/// keeps it from firing: give each a deadline.
open class ProcessMonitorProtocol: ProcessProtocolWithTwoStageKill {
    private let deferred: Deferred<ProcessEnd>
    private let notifications = NotificationQueue()

    /// How the process ended, whatever the deferred fires with; nil while it lives.
    public private(set) var end: ProcessEnd?

    /// Makes a protocol.
    ///
    /// - Parameters:
    ///   - deferred: fires when the process has ended and all is told.
    ///   - clock: nil: the reactor of the current thread.
    public init(deferred: Deferred<ProcessEnd>, clock: (any ReactorTime)? = nil) {
        self.deferred = deferred
        super.init(clock: clock)
    }

    /// The first thing that went wrong, if something did.
    public var terminationFailure: (any Error)? { self.notifications.failure }

    /// Runs `body` when the notifications before it are through, the first one at once.
    ///
    /// If it throws or fails, that is an ``unexpectedError(_:)``. Once something has gone wrong,
    /// `body` is not called any more. What it refers to is read when it runs; bind what must not
    /// change before.
    ///
    /// - Returns: a deferred that fires, without failing, when this notification is through or was
    ///   dropped.
    @discardableResult
    public func runNotification(_ body: @escaping () throws -> Deferred<Void>) -> Deferred<Void> {
        self.notifications.run(keeping: self, body) { [weak self] in self?.unexpectedError($0) }
    }

    /// Something went wrong outside the process: records it and ends the process.
    ///
    /// The first one is what the deferred fires with, after ``processEnded(_:)``. Later ones are
    /// logged only.
    public func unexpectedError(_ error: any Error) {
        if let first = self.notifications.failure {
            self.logger.error(
                "Another error while ending the process.",
                metadata: ["error": "\(error)", "first": "\(first)"]
            )
            return
        }
        self.notifications.failure = error
        self.terminateProcess()
    }

    /// Records an exit that is no success, if nothing was recorded before; an override calls super.
    open override func processExited(_ exit: ProcessExit) {
        self.recordFailure(of: exit)
        super.processExited(exit)
    }

    /// Fires the deferred when the pending notifications are through; an override calls super.
    open override func processEnded(_ end: ProcessEnd) {
        super.processEnded(end)
        guard self.end == nil else { return }
        self.end = end
        self.recordFailure(of: end.exit)
        // Weak: who is still to be waited for keeps us, see `runNotification`.
        self.notifications.whenThrough { [weak self] in self?.fire(end) }
    }

    private func fire(_ end: ProcessEnd) {
        // Read only now: a notification that was pending may have failed meanwhile.
        if let failure = self.notifications.failure {
            self.deferred.fail(failure)
        } else {
            self.deferred.succeed(end)
        }
    }

    private func recordFailure(of exit: ProcessExit) {
        guard !exit.isSuccess, self.notifications.failure == nil else { return }
        self.notifications.failure = ProcessTerminated(exit: exit)
    }
}
