// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// A process monitor that ends its process when nothing has happened for too long.
///
/// What counts as something happening, subclasses say: they call ``TimeoutMixin/resetTimeout()``.
open class ProcessMonitorProtocolWithTimeout: ProcessMonitorProtocol, TimeoutMixin {
    /// The timer of ``TimeoutMixin``.
    public let timeoutState = TimeoutState()

    /// How long nothing may happen; nil: as long as it likes.
    public let timeout: Duration?

    /// Makes a protocol; the timer starts with ``connectionMade()``.
    public init(
        deferred: Deferred<ProcessEnd>,
        timeout: Duration?,
        clock: (any ReactorTime)? = nil
    ) {
        self.timeout = timeout
        super.init(deferred: deferred, clock: clock)
    }

    /// Schedules on the protocol's clock.
    open func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.clock.callLater(delay, body)
    }

    /// Starts the timer; an override calls super first.
    open override func connectionMade() {
        super.connectionMade()
        self.setTimeout(self.timeout)
    }

    /// Nothing has happened for too long: records a ``TimeoutError`` and ends the process.
    open func timeoutConnection() {
        self.unexpectedError(
            TimeoutError(after: self.timeout ?? .zero, "the process gave no sign of life")
        )
    }

    /// Stops the timer, since a process that has exited can be silent; an override calls super.
    ///
    /// (The original stopped it only at the end, so a grandchild that held the output open turned a
    /// success into a timeout; reference W1.)
    open override func processExited(_ exit: ProcessExit) {
        self.setTimeout(nil)
        super.processExited(exit)
    }

    /// Stops the timer; an override calls super.
    open override func processEnded(_ end: ProcessEnd) {
        self.setTimeout(nil)
        super.processEnded(end)
    }
}
