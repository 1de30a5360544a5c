// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What one wants to know of a child process: subclass it and override what matters.
///
/// Every method is called on the reactor's thread, from the loop and never from inside
/// ``ReactorProcess/spawnProcess(_:_:)``, and must not block. The order is:
///
/// 1. ``connectionMade()``, once;
/// 2. output as it comes; for each stream, all of it before that stream's
///    ``childConnectionLost(_:)``;
/// 3. ``processExited(_:)``, once, as soon as the process has exited. Output may still follow;
/// 4. ``processEnded(_:)``, once, last of all, when the request's ``ExitPolicy`` says so.
///
/// Between different streams no order is promised.
open class ProcessProtocol {
    /// The child's transport: from before ``connectionMade()`` until after ``processEnded(_:)``.
    public private(set) var transport: (any ProcessTransport)?

    /// Makes a protocol without a process.
    public init() {}

    /// Connects the protocol to its process and tells it.
    ///
    /// Reactors call it; so do tests with a transport of their own.
    public final func makeConnection(_ transport: any ProcessTransport) {
        self.transport = transport
        self.connectionMade()
    }

    /// Ends the connection: calls ``processEnded(_:)`` and then lets go of the transport.
    ///
    /// Reactors call it.
    public final func endConnection(_ end: ProcessEnd) {
        self.processEnded(end)
        self.transport = nil
    }

    /// The child was started.
    open func connectionMade() {}

    /// The child wrote `data` to its descriptor `descriptor`.
    ///
    /// `data` is borrowed from the loop's read buffer and gone when this returns: copy what you
    /// keep. The default hands 1 to ``outReceived(_:)``, 2 to ``errReceived(_:)``, and drops the
    /// rest.
    open func childDataReceived(_ data: RawSpan, from descriptor: Int32) {
        switch descriptor {
        case 1: self.outReceived(data)
        case 2: self.errReceived(data)
        default: break
        }
    }

    /// The child wrote to its standard output, or to its terminal.
    open func outReceived(_ data: RawSpan) {}

    /// The child wrote to its standard error.
    open func errReceived(_ data: RawSpan) {}

    /// All that was written to `descriptor` of the child has gone out.
    open func childWriteBufferEmptied(_ descriptor: Int32) {}

    /// One of the child's streams is closed, by whichever side.
    ///
    /// The default hands 0, 1 and 2 to ``inConnectionLost()``, ``outConnectionLost()``,
    /// ``errConnectionLost()``.
    open func childConnectionLost(_ descriptor: Int32) {
        switch descriptor {
        case 0: self.inConnectionLost()
        case 1: self.outConnectionLost()
        case 2: self.errConnectionLost()
        default: break
        }
    }

    /// The child's standard input is closed.
    open func inConnectionLost() {}

    /// The child's standard output, or its terminal, is at its end.
    open func outConnectionLost() {}

    /// The child's standard error is at its end.
    open func errConnectionLost() {}

    /// The process has exited.
    ///
    /// Others may still hold its streams.
    open func processExited(_ exit: ProcessExit) {}

    /// The process is over: its exit policy is fulfilled, and nothing more will be called.
    open func processEnded(_ end: ProcessEnd) {}
}

@available(*, unavailable, message: "A protocol belongs to its reactor's thread.")
extension ProcessProtocol: Sendable {}
