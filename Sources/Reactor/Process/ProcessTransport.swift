// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The reactor's side of one child process: what its protocol and its owner may do with it.
public protocol ProcessTransport: AnyObject {
    /// The process id, or nil once the process has been reaped and the number may belong to
    /// another.
    var pid: Int32? { get }

    /// How it ended, once it has.
    var exit: ProcessExit? { get }

    /// Writes to descriptor 0 of the child, or to its terminal.
    ///
    /// Nothing is written in this call; see ``write(_:to:)``.
    @discardableResult
    func write(_ bytes: [UInt8]) -> WriteOutcome

    /// Writes to a descriptor of the child that was requested as ``ChildDescriptor/write``.
    ///
    /// The bytes are queued, all or none, and go out as the child takes them.
    @discardableResult
    func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome

    /// Closes our end of one of the child's streams: of one that we write after what waits has gone
    /// out, of one that we read at once (what was not read is lost).
    ///
    /// ``ProcessProtocol/childConnectionLost(_:)`` follows in a later turn. Nothing happens the
    /// second time.
    func closeChildDescriptor(_ descriptor: Int32)

    /// Closes our ends of all of the child's streams. The child is not signalled; on a terminal it
    /// gets SIGHUP.
    func loseConnection()

    /// Sends a signal.
    ///
    /// To the group it also goes after the leader has ended, for as long as the group has members.
    /// A stopped member gets SIGCONT too after any signal that would end it, or it could not act on
    /// it.
    ///
    /// - Throws: ``ProcessExitedAlready`` if the target is gone; ``SignalError`` if the kernel
    ///   refuses.
    func signalProcess(_ signal: Signal, to target: SignalTarget) throws

    /// Stops reading the child's output, so that the child blocks when its pipe is full.
    func pauseProducing()

    /// Reads on after ``pauseProducing()``.
    func resumeProducing()

    /// Tells the child's terminal its new size (the child gets SIGWINCH); nothing without a
    /// terminal.
    func resizeTerminal(rows: UInt16, columns: UInt16)

    /// Gives the process up: it counts as ended, with ``ProcessExit/unknown`` if it has not exited.
    ///
    /// For a process that not even SIGKILL ends (uninterruptible sleep). It is named among the
    /// survivors.
    func giveUp()
}

extension ProcessTransport {
    /// Sends a signal to the process itself.
    public func signalProcess(_ signal: Signal) throws {
        try self.signalProcess(signal, to: .leader)
    }

    /// Closes the child's standard input, after what waits has gone out.
    public func closeStdin() { self.closeChildDescriptor(0) }

    /// Closes our end of the child's standard output.
    public func closeStdout() { self.closeChildDescriptor(1) }

    /// Closes our end of the child's standard error.
    public func closeStderr() { self.closeChildDescriptor(2) }
}
