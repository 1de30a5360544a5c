// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The base class for objects that receive the events of one child process.
///
/// Subclass it and override the methods for the events that you need. The reactor calls every
/// method on its own thread and from its loop, never from inside
/// ``ReactorProcess/spawnProcess(_:_:)``. A method must not block, because nothing else runs on the
/// reactor meanwhile. The order is:
///
/// 1. ``connectionMade()``, once.
/// 2. Output, as it arrives. For each stream, all data comes before that
///    stream's ``childConnectionLost(_:)``.
/// 3. ``processExited(_:)``, once, as soon as the process has exited. Output of other processes
///    that share the child's streams may still follow.
/// 4. ``processEnded(_:)``, once and last, when the request's ``ExitPolicy`` is satisfied.
///
/// The order of events of different streams is not guaranteed.
open class ProcessProtocol {
    /// The child's transport, or `nil` before ``connectionMade()`` and after ``processEnded(_:)``.
    public private(set) var transport: (any ProcessTransport)?

    /// Whether the protocol was passed to a spawn that succeeded.
    package final var isUsed = false
    /// Whether the class needs its own `connectionMade`, which has not been called yet.
    package final var needsConnectionMade = false
    /// Whether the class needs its own `processEnded`, which has not been called yet.
    package final var needsProcessEnded = false

    /// Makes a protocol that is not connected to a process.
    public init() {}

    /// Stops the program if the protocol already belongs to another child.
    package final func requireUnused() {
        require(
            !self.isUsed,
            """
            One object of the class \(type(of: self)) was passed to spawnProcess for two children. \
            Make a new protocol for each child.
            """
        )
    }

    /// Stores the transport and calls ``connectionMade()``.
    ///
    /// Reactors call this method. A test that has its own transport may call it too.
    ///
    /// - Precondition: The protocol is not connected, and an override of ``connectionMade()`` calls
    ///   `super` if its superclass requires that.
    public final func makeConnection(_ transport: any ProcessTransport) {
        require(
            self.transport == nil,
            "A protocol of the class \(type(of: self)) was connected to two transports."
        )
        self.transport = transport
        self.connectionMade()
        if self.needsConnectionMade { self.stopBecauseOfMissingSuper("connectionMade()") }
    }

    /// Calls ``processEnded(_:)`` and then sets the transport to `nil`.
    ///
    /// Reactors call this method. A test that has its own transport may call it too.
    ///
    /// - Precondition: An override of ``processEnded(_:)`` calls `super` if its superclass
    ///   requires that.
    public final func endConnection(_ end: ProcessEnd) {
        self.processEnded(end)
        if self.needsProcessEnded { self.stopBecauseOfMissingSuper("processEnded(_:)") }
        self.transport = nil
    }

    private func stopBecauseOfMissingSuper(_ hook: String) {
        stopProgram(
            "\(type(of: self)) overrides \(hook) and does not call super, which it must do."
        )
    }

    /// Called when the child has been started.
    ///
    /// This is the first method of the protocol that the reactor calls, normally at the end of the
    /// turn in which the child was spawned. ``ReactorProcess/spawnProcess(_:_:)`` lists the cases
    /// in which the call comes later.
    open func connectionMade() {}

    /// Called when the child wrote `data` to its descriptor `descriptor`.
    ///
    /// The memory of `data` belongs to the reactor and is valid only during this call, so copy the
    /// bytes that you keep: `Array(data)`, `bytes.append(contentsOf: data)` and `String(decoding:
    /// data, as: UTF8.self)` do so. The default implementation passes data of descriptor 1 to
    /// ``outReceived(_:)`` and data of descriptor 2 to ``errReceived(_:)``. It ignores data of
    /// other descriptors.
    open func childDataReceived(_ data: RawSpan, from descriptor: Int32) {
        switch descriptor {
        case 1: self.outReceived(data)
        case 2: self.errReceived(data)
        default: break
        }
    }

    /// Called when the child wrote to its standard output, or to its terminal.
    open func outReceived(_ data: RawSpan) {}

    /// Called when the child wrote to its standard error.
    open func errReceived(_ data: RawSpan) {}

    /// Called when all bytes that were queued for the child's `descriptor` have been written.
    open func childWriteBufferEmptied(_ descriptor: Int32) {}

    /// Called when one of the child's streams is closed, no matter from which side.
    ///
    /// The default implementation calls ``inConnectionLost()`` for descriptor 0,
    /// ``outConnectionLost()`` for descriptor 1 and ``errConnectionLost()`` for descriptor 2.
    open func childConnectionLost(_ descriptor: Int32) {
        switch descriptor {
        case 0: self.inConnectionLost()
        case 1: self.outConnectionLost()
        case 2: self.errConnectionLost()
        default: break
        }
    }

    /// Called when the child's standard input is closed.
    open func inConnectionLost() {}

    /// Called when the child's standard output, or its terminal, is closed.
    open func outConnectionLost() {}

    /// Called when the child's standard error is closed.
    open func errConnectionLost() {}

    /// Called when the process has exited; other processes may still have its streams open.
    open func processExited(_ exit: ProcessExit) {}

    /// Called when the exit policy is satisfied; no other method is called afterwards.
    open func processEnded(_ end: ProcessEnd) {}
}

@available(*, unavailable, message: "A protocol belongs to its reactor's thread.")
extension ProcessProtocol: Sendable {}
