// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// A process monitor that ends its process after too much time without activity.
///
/// This class adds an inactivity timeout to ``ProcessMonitorProtocol``. The timer starts in
/// ``connectionMade()`` and stops in ``processExited(_:)``. A subclass decides what counts as
/// activity and calls `TimeoutMixin.resetTimeout()` for it; without such a call, the timeout
/// limits the total run time:
///
/// ```swift
/// final class OutputMonitor: ProcessMonitorProtocolWithTimeout {
///     override func outReceived(_ data: RawSpan) {
///         self.resetTimeout()
///     }
/// }
/// ```
///
/// When the timer fires, ``timeoutConnection()`` is called once. By default it passes a
/// `TimeoutError` to ``ProcessMonitorProtocol/unexpectedError(_:)``, so the process is ended in
/// two stages and the deferred fails with that error.
///
/// `ProcessProtocol` describes when the other hooks are called. This class uses
/// ``connectionMade()``, ``processExited(_:)`` and ``processEnded(_:)``: a subclass that overrides
/// one of them must call `super`.
///
/// The timeout does not limit the time between ``processExited(_:)`` and
/// ``processEnded(_:)``, which the `ExitPolicy` of the request decides, nor the time that pending
/// notifications take.
open class ProcessMonitorProtocolWithTimeout: ProcessMonitorProtocol, TimeoutMixin {
    /// The inactivity timer.
    public let timeoutState = TimeoutState()

    /// The longest time without activity, or `nil` for no limit.
    public let timeout: Duration?

    /// Creates a monitor that is not connected to a process yet.
    ///
    /// - Parameters:
    ///   - deferred: Fires with the outcome; see ``ProcessMonitorProtocol``.
    ///   - timeout: The longest time without activity, or `nil` for no limit. With zero, the
    ///     timeout fires in the turn after ``connectionMade()``.
    ///   - clock: The clock for all waits, or `nil` to use the reactor of the current thread.
    public init(
        deferred: Deferred<ProcessEnd>,
        timeout: Duration?,
        clock: (any ReactorTime)? = nil
    ) {
        self.timeout = timeout
        super.init(deferred: deferred, clock: clock)
    }

    /// Schedules `body` on the clock of the protocol.
    open func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.clock.callLater(delay, body)
    }

    /// Starts the timer.
    ///
    /// An override must call `super` first.
    open override func connectionMade() {
        super.connectionMade()
        self.setTimeout(self.timeout)
    }

    /// Records a `TimeoutError` and ends the process, because there was no activity for too long.
    ///
    /// The error of this class itself says that the process did not end, and the error of a
    /// subclass says that the process showed no activity.
    ///
    /// Override it to react differently; an override need not call `super`.
    open func timeoutConnection() {
        // Without a subclass nothing resets the timer, and it limits the total run time.
        let hasActivity = type(of: self) != ProcessMonitorProtocolWithTimeout.self
        let what = hasActivity ? "the process showed no activity" : "the process did not end"
        // The timer may have been set again with another period.
        self.unexpectedError(TimeoutError(after: self.timeoutState.period ?? .zero, what))
    }

    /// Stops the timer, because a process that has exited is expected to be silent.
    ///
    /// An override must call `super`. (Launchpad's worker monitor stopped its timer only at the
    /// end, so a grandchild that held the output open turned a success into a timeout.)
    open override func processExited(_ exit: ProcessExit) {
        self.setTimeout(nil)
        super.processExited(exit)
    }

    /// Stops the timer, in case ``processExited(_:)`` was not called.
    ///
    /// An override must call `super`.
    open override func processEnded(_ end: ProcessEnd) {
        self.setTimeout(nil)
        super.processEnded(end)
    }
}
