// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The operations on one running child process, for its protocol and for the caller that
/// started it.
///
/// After the process has ended the transport may still be used: writes are refused, a signal to the
/// leader throws ``ProcessExitedAlready``, a signal to the group reaches the members that are still
/// alive, and everything else does nothing.
public protocol ProcessTransport: AnyObject {
    /// The process ID, or `nil` once the process has exited.
    ///
    /// After the exit the kernel may give the number to another process.
    var pid: Int32? { get }

    /// How the process terminated, or `nil` while it is running.
    var exit: ProcessExit? { get }

    /// Queues bytes for the child's standard input, or for its terminal.
    ///
    /// This method does the same as ``write(_:to:)`` with descriptor 0.
    @discardableResult
    func write(_ bytes: [UInt8]) -> WriteOutcome

    /// Queues bytes for a descriptor from which the child reads.
    ///
    /// Either all bytes are queued or none. The call itself writes nothing; the reactor writes the
    /// bytes once the stream has room for them. The request must declare the descriptor as
    /// ``ChildDescriptor/write`` or ``ChildDescriptor/writeSocket``, as the default streams do for
    /// descriptor 0.
    @discardableResult
    func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome

    /// Closes the reactor's end of one of the child's streams, in a later turn.
    ///
    /// A stream to the child is closed once all queued bytes have been written. A stream from the
    /// child is closed without reading the rest of its data, which is lost. Afterwards the reactor
    /// calls ``ProcessProtocol/childConnectionLost(_:)``. If the stream is already closed, or if
    /// the child has a controlling terminal, the call has no effect.
    func closeChildDescriptor(_ descriptor: Int32)

    /// Closes the reactor's ends of all streams of the child, in a later turn.
    ///
    /// The reactor sends no signal. If the child has a controlling terminal, however, the kernel
    /// sends SIGHUP when the reactor closes it.
    func loseConnection()

    /// Sends a signal to the child or to its process group.
    ///
    /// The group can be signaled for as long as it has live members, even after the leader has
    /// exited, after ``ProcessProtocol/processEnded(_:)``, and after the reactor has shut down. The
    /// signal never reaches another group that got the same number. If the signal requests
    /// termination, the reactor sends SIGCONT after it, because a stopped process does not react to
    /// the signal until it is resumed.
    ///
    /// - Throws: ``ProcessExitedAlready`` if the child has exited or the group is empty;
    ///   ``SignalError`` if the kernel refuses the signal.
    func signalProcess(_ signal: Signal, to target: SignalTarget) throws

    /// Returns the live members of the child's process group, at most 64 of them.
    ///
    /// The array can be non-empty even after ``ProcessProtocol/processEnded(_:)``, and a signal to
    /// the group reaches the members that it lists. For a child without its own group, the array
    /// contains at most the child itself. If the group is not empty, the call reads the entry of
    /// each process of the system in /proc, which takes about a millisecond per 1,000 processes.
    ///
    /// A transport that does not implement this method returns an empty array.
    func membersOfGroup() -> [ProcessSurvivor]

    /// Makes the process count as ended only when its process group is empty.
    ///
    /// Call this method before sending signals that terminate the group in stages. It has an effect
    /// only for a child with its own group and the policy ``ExitPolicy/automatic``. The caller must
    /// then see to it that the group becomes empty, or call ``giveUp()``: the reactor waits without
    /// a limit.
    ///
    /// A transport that does not implement this method does nothing.
    func waitForGroup()

    /// Stops reading the child's output, so that the child blocks once its pipe is full.
    ///
    /// When the process exits, the rest of its output is delivered even during a pause.
    func pauseProducing()

    /// Continues reading the child's output after ``pauseProducing()``.
    func resumeProducing()

    /// Changes the window size of the child's terminal.
    ///
    /// If it is the child's controlling terminal, the kernel sends SIGWINCH. Without a terminal the
    /// call has no effect.
    func resizeTerminal(rows: UInt16, columns: UInt16)

    /// Stops supervising the process, which then counts as ended.
    ///
    /// Call this method for a process that does not die even from SIGKILL, for example because it
    /// is in uninterruptible sleep. The reactor calls ``ProcessProtocol/processEnded(_:)`` in a
    /// later turn. If the process is still alive at that time, the report contains the exit
    /// ``ProcessExit/unknown`` and lists the process among the survivors. The reactor still reaps
    /// the process when it dies later.
    func giveUp()
}

extension ProcessTransport {
    /// Returns an empty array, for a transport without a process group.
    public func membersOfGroup() -> [ProcessSurvivor] { [] }

    /// Does nothing, for a transport without a process group.
    public func waitForGroup() {}

    /// Sends a signal to the child itself.
    ///
    /// - Throws: ``ProcessExitedAlready`` or ``SignalError``; see ``signalProcess(_:to:)``.
    public func signalProcess(_ signal: Signal) throws {
        try self.signalProcess(signal, to: .leader)
    }

    /// Closes the child's standard input once all queued bytes have been written.
    public func closeStdin() { self.closeChildDescriptor(0) }

    /// Closes the reactor's end of the child's standard output.
    public func closeStdout() { self.closeChildDescriptor(1) }

    /// Closes the reactor's end of the child's standard error.
    public func closeStderr() { self.closeChildDescriptor(2) }
}

/// The result of writing to a child.
public enum WriteOutcome: Sendable, Hashable {
    /// All bytes were queued.
    case accepted
    /// All bytes were queued, and the queue now holds more than half of the limit.
    ///
    /// Stop writing until ``ProcessProtocol/childWriteBufferEmptied(_:)`` is called.
    case acceptedButFull
    /// No bytes were queued.
    ///
    /// Either the stream is closed, or the reactor does not write to this descriptor, or the bytes
    /// would exceed ``SpawnRequest/writeLimit``.
    case refused
}
