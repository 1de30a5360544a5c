// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

extension MemoryProcess: ProcessTransport {
    /// The invented process ID of the leader, or `nil` once its exit has been seen.
    ///
    /// Do not pass it to kill(2): a real process may have the same number.
    public var pid: Int32? { self.exit == nil ? self.members.first?.pid : nil }

    /// Records bytes that are written to descriptor 0; see ``write(_:to:)``.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> WriteOutcome { self.write(bytes, to: 0) }

    /// Records bytes that are written to a descriptor of the child, in ``written``.
    ///
    /// They arrive in the next turn, where a child that echoes writes them back. The child
    /// accepts any amount, so only more than the request's `SpawnRequest.writeLimit` in one turn
    /// is refused.
    @discardableResult
    public func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome {
        let isTerminal = self.request.usesTerminal && descriptor == 0 && self.openReads.contains(1)
        let waiting = self.unflushed[descriptor, default: []]
        let total = waiting.count + bytes.count
        guard isTerminal || self.openWrites.contains(descriptor), total <= self.request.writeLimit
        else { return .refused }
        guard !bytes.isEmpty else { return .accepted }
        self.written[descriptor, default: []] += bytes
        self.unflushed[descriptor] = waiting + bytes
        if waiting.isEmpty { self.report { $0.writeBufferEmptied(descriptor) } }
        return total > self.request.writeLimit / 2 ? .acceptedButFull : .accepted
    }

    /// Hands buffered bytes to the child and tells the protocol that the buffer is empty.
    private func writeBufferEmptied(_ descriptor: Int32) {
        guard self.flush(descriptor) else { return }
        self.processProtocol?.childWriteBufferEmptied(descriptor)
    }

    /// Hands buffered bytes to the child.
    ///
    /// - Returns: Whether there were any.
    private func flush(_ descriptor: Int32) -> Bool {
        guard let bytes = self.unflushed.removeValue(forKey: descriptor) else { return false }
        guard descriptor == 0 else { return true }
        self.input += bytes
        if self.members.contains(where: { $0.isAlive && $0.isEchoing }) { self.echoInput() }
        return true
    }

    /// Closes our end of one stream in the next turn; has no effect on a terminal.
    public func closeChildDescriptor(_ descriptor: Int32) {
        guard !self.request.usesTerminal else { return }
        self.report { $0.closeOurs(descriptor) }
    }

    /// Closes our ends of all streams in the next turn.
    ///
    /// On a terminal, the process group receives SIGHUP first.
    public func loseConnection() {
        self.report { process in
            if process.request.usesTerminal { process.deliverSignal(.hangup, to: .group) }
            for number in process.openWrites.union(process.openReads).sorted() {
                process.closeOurs(number)
            }
        }
    }

    /// Closes our end of one stream and tells the protocol.
    private func closeOurs(_ number: Int32) {
        _ = self.flush(number)
        guard self.openReads.remove(number) != nil || self.openWrites.remove(number) != nil else {
            return
        }
        self.processProtocol?.childConnectionLost(number)
        if number == 0 { self.endEchoes() }
        if self.openReads.isEmpty { self.exitDriver?.streamsClosed() }
    }

    /// Records a signal in ``signals`` and delivers it.
    ///
    /// Its effect reaches the protocol in a later turn. SIGSTOP and SIGCONT have none.
    ///
    /// - Throws: `ProcessExitedAlready` if the target has ended.
    public func signalProcess(_ signal: Signal, to target: SignalTarget) throws {
        let isGroup = target == .group && self.request.hasOwnGroup
        let isGone = isGroup ? self.isGroupEmpty(thoroughly: true) : self.exit != nil
        guard !isGone, self.processProtocol != nil || !isGroup else { throw ProcessExitedAlready() }
        self.signals.append(SentSignal(signal, to: target, at: self.reactor.now))
        self.deliverSignal(signal, to: isGroup ? .group : .leader)
        if isGroup { self.exitDriver?.ownerSignaled(signal) }
    }

    /// Holds back output until ``resumeProducing()``; the child itself does not block.
    public func pauseProducing() { self.isPaused = true }

    /// Delivers the output that was held back, in the next turn.
    public func resumeProducing() {
        guard self.isPaused else { return }
        self.isPaused = false
        self.report { process in
            process.deliver()
            process.endStreamsThatNobodyHolds()
        }
    }

    /// Records the size in ``terminalSize``; has no effect without a terminal.
    public func resizeTerminal(rows: UInt16, columns: UInt16) {
        if self.request.usesTerminal { self.terminalSize = (rows, columns) }
    }

    /// Stops supervising the child; see `ProcessTransport.giveUp()`.
    public func giveUp() { self.exitDriver?.giveUp() }
}

/// The delivery of events to the protocol, up to the end of the process.
extension MemoryProcess: ExitDriverDelegate {
    /// Delivers pending output to the protocol, for as long as the protocol has not paused it.
    func deliver(evenPaused: Bool = false) {
        while evenPaused || !self.isPaused, !self.undelivered.isEmpty {
            let (number, bytes) = self.undelivered.removeFirst()
            guard self.openReads.contains(number) else { continue }
            self.processProtocol?.childDataReceived(bytes.span.bytes, from: number)
        }
    }

    /// Handles the end of a stream, which no process of the child has open any longer.
    func streamEnded(_ number: Int32) {
        // While the leader lives, a terminal can be opened again by its name, and the end of a
        // paused stream has not been read yet.
        if self.exit == nil, self.request.usesTerminal { return }
        if self.exit == nil, self.isPaused, self.openReads.contains(number) { return }
        guard self.openReads.remove(number) != nil || self.openWrites.remove(number) != nil else {
            return
        }
        self.unflushed[number] = nil
        self.processProtocol?.childConnectionLost(number)
        if self.openReads.isEmpty { self.exitDriver?.streamsClosed() }
    }

    /// Handles the exit of the leader: the rest of its output is delivered before the exit.
    func leaderExited(_ exit: ProcessExit) {
        guard self.exit == nil else { return }
        self.exit = exit
        self.deliver(evenPaused: true)
        self.endStreamsThatNobodyHolds()
        self.processProtocol?.processExited(exit)
        if self.openReads.isEmpty { self.exitDriver?.streamsClosed() }
        self.exitDriver?.leaderExited()
    }

    /// Ends the outputs that no live process has open.
    func endStreamsThatNobodyHolds() {
        for number in self.openReads.subtracting(self.heldStreams).sorted() {
            self.streamEnded(number)
        }
    }

    /// Whether the process group has no live member.
    package func isGroupEmpty(thoroughly: Bool) -> Bool {
        !self.members.contains { $0.isAlive && $0.isInGroup }
    }

    /// Delivers a signal of the exit policy to the process group, and records it for the end.
    package func signalGroupForPolicy(_ signal: Signal) {
        self.policySignals.append(SentSignal(signal, to: .group, at: self.reactor.now))
        self.deliverSignal(signal, to: .group)
    }

    /// Ends the process: closes all streams and calls `processEnded` of the protocol.
    package func end() {
        guard let processProtocol = self.processProtocol else { return }
        self.deliver(evenPaused: true)
        let cut = self.openReads.sorted()
        let open = (cut + self.openWrites).sorted()
        self.openReads = []
        self.openWrites = []
        for number in open { processProtocol.childConnectionLost(number) }
        let survivors = self.survivors
        self.processProtocol = nil
        processProtocol.endConnection(
            ProcessEnd(
                exit: self.exit ?? .unknown,
                cutStreams: cut,
                survivors: survivors,
                signalsToGroup: self.policySignals
            )
        )
    }

    /// The live processes that the exit policy, or the caller who gave up, wanted to be gone.
    private var survivors: [ProcessSurvivor] {
        guard self.exit == nil || self.request.exitPolicy.termination != nil else { return [] }
        let named = self.request.hasOwnGroup ? self.members : Array(self.members.prefix(1))
        return named.filter { $0.isAlive && $0.isInGroup }
            .map { ProcessSurvivor(pid: $0.pid, command: "scripted", state: "S") }
    }
}
