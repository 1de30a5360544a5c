// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

extension MemoryProcess: ProcessTransport {
    /// The invented process ID of the leader, or `nil` once the reactor has handled the
    /// leader's exit.
    ///
    /// Do not pass this number to kill(2), because a real process may have the same number.
    public var pid: Int32? { self.exit == nil ? self.members.first?.pid : nil }

    /// Records bytes that are written to descriptor 0; see ``write(_:to:)``.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> WriteOutcome { self.write(bytes, to: 0) }

    /// Writes bytes to a descriptor of the child, and records them in ``written``.
    ///
    /// The bytes reach the child in the next turn, and a child that performs
    /// ``MemoryStep/echoInput`` then writes them back. A child reads any number of bytes,
    /// unless it has performed ``MemoryStep/stopReading``. A write is refused if the
    /// stream is closed, or if the bytes that have not left the reactor would exceed the
    /// request's `SpawnRequest.writeLimit`.
    @discardableResult
    public func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome {
        let isTerminal = self.request.usesTerminal && descriptor == 0 && self.openReads.contains(1)
        let waiting = self.unflushed[descriptor, default: []]
        let total = waiting.count + bytes.count
        guard isTerminal || self.openWrites.contains(descriptor),
            !self.closing.contains(descriptor), total <= self.request.writeLimit
        else { return .refused }
        guard !bytes.isEmpty else { return .accepted }
        self.written[descriptor, default: []] += bytes
        self.unflushed[descriptor] = waiting + bytes
        if waiting.isEmpty { self.report { $0.writeBufferEmptied(descriptor) } }
        return total > self.request.writeLimit / 2 ? .acceptedButFull : .accepted
    }

    /// Delivers queued bytes to the child and calls the protocol's `childWriteBufferEmptied`.
    func writeBufferEmptied(_ descriptor: Int32) {
        guard self.flush(descriptor) else { return }
        self.processProtocol?.childWriteBufferEmptied(descriptor)
        if self.closing.remove(descriptor) != nil { self.closeReactorsEnd(descriptor) }
    }

    /// Closes the reactor's end of one stream in the next turn; this has no effect on a terminal.
    public func closeChildDescriptor(_ descriptor: Int32) {
        guard !self.request.usesTerminal else { return }
        self.report { $0.closeReactorsEnd(descriptor) }
    }

    /// Closes the reactor's ends of all streams in the next turn.
    ///
    /// On a terminal, the process group receives SIGHUP first.
    public func loseConnection() {
        self.report { process in
            if process.request.usesTerminal { process.deliverSignal(.hangup, to: .group) }
            for number in process.openWrites.union(process.openReads).sorted() {
                process.closeReactorsEnd(number)
            }
        }
    }

    /// Closes the reactor's end of one stream and calls the protocol's `childConnectionLost`.
    private func closeReactorsEnd(_ number: Int32) {
        // As with a real child, the stream closes when all queued bytes have been written.
        if self.unflushed[number] != nil, !self.flush(number) {
            self.closing.insert(number)
            return
        }
        guard self.openReads.remove(number) != nil || self.openWrites.remove(number) != nil else {
            return
        }
        self.processProtocol?.childConnectionLost(number)
        if number == 0 { self.endInput() }
        if self.openReads.isEmpty { self.exitDriver?.streamsClosed() }
    }

    /// Records a signal in ``signals`` and delivers it.
    ///
    /// The effect of the signal reaches the protocol in a later turn. SIGSTOP and SIGCONT have
    /// no effect.
    ///
    /// The group can be signaled even after the process has ended, as on a real reactor.
    ///
    /// - Throws: `ProcessExitedAlready` if the child has exited or the group is empty.
    public func signalProcess(_ signal: Signal, to target: SignalTarget) throws {
        let isGroup = target == .group && self.request.hasOwnGroup
        let isGone = isGroup ? self.isGroupEmpty(thoroughly: true) : self.exit != nil
        guard !isGone else { throw ProcessExitedAlready() }
        self.signals.append(SentSignal(signal, to: target, at: self.reactor.now))
        self.deliverSignal(signal, to: isGroup ? .group : .leader)
        if isGroup, self.processProtocol != nil { self.exitDriver?.ownerSignaled(signal) }
    }

    /// Returns the live members of the group; see `ProcessTransport.membersOfGroup()`.
    public func membersOfGroup() -> [ProcessSurvivor] {
        let candidates = self.request.hasOwnGroup ? self.members : Array(self.members.prefix(1))
        return candidates.filter { $0.isAlive && $0.isInGroup }
            .map {
                ProcessSurvivor(pid: $0.pid, command: "scripted", state: $0.isHanging ? "D" : "S")
            }
    }

    /// Makes the end of the process wait for its group; see `ProcessTransport.waitForGroup()`.
    public func waitForGroup() {
        if self.processProtocol != nil { self.exitDriver?.ownerEndsGroup() }
    }

    /// Delivers no output to the protocol until ``resumeProducing()``; a script that writes more
    /// than 64 KiB meanwhile blocks.
    public func pauseProducing() { self.isPaused = true }

    /// Delivers, in the next turn, the output that the child has written during the pause.
    public func resumeProducing() {
        guard self.isPaused else { return }
        self.isPaused = false
        self.report { process in
            process.deliver()
            process.endUnusedOutputs()
            process.unblock()
        }
    }

    /// Records the size in ``terminalSize``; this has no effect for a child without a terminal.
    public func resizeTerminal(rows: UInt16, columns: UInt16) {
        if self.openReads.contains(where: self.request.streams.isTerminal) {
            self.terminalSize = (rows, columns)
        }
    }

    /// Stops supervising the child; see `ProcessTransport.giveUp()`.
    public func giveUp() {
        guard self.processProtocol != nil else { return }
        self.isGivenUp = true
        self.exitDriver?.giveUp()
    }
}

/// The delivery of events to the protocol, up to the end of the process.
extension MemoryProcess: ExitDriverDelegate {
    /// Delivers pending output to the protocol, until the protocol calls ``pauseProducing()``.
    ///
    /// - Parameter evenPaused: Whether to deliver all output even during a pause.
    func deliver(evenPaused: Bool = false) {
        while evenPaused || !self.isPaused, !self.undelivered.isEmpty {
            let (number, bytes) = self.undelivered.removeFirst()
            guard self.openReads.contains(number) else { continue }
            self.processProtocol?.childDataReceived(bytes.span.bytes, from: number)
        }
    }

    /// Handles the end of a stream, after its last process has closed it.
    func streamEnded(_ number: Int32) {
        // The stream of a terminal does not end while the leader is alive, because a real process
        // can open its terminal again by name. The end of an output that the protocol has paused is
        // reported when the pause ends, or when the leader exits.
        if self.exit == nil, self.request.streams.isTerminal(number) { return }
        if self.exit == nil, self.isPaused, self.openReads.contains(number) { return }
        guard self.openReads.remove(number) != nil || self.openWrites.remove(number) != nil else {
            return
        }
        self.unflushed[number] = nil
        self.processProtocol?.childConnectionLost(number)
        if self.openReads.isEmpty { self.exitDriver?.streamsClosed() }
    }

    /// Handles the exit of the leader, and delivers the rest of its output first.
    func leaderExited(_ exit: ProcessExit) {
        guard self.exit == nil else { return }
        self.exit = exit
        self.deliver(evenPaused: true)
        self.endUnusedOutputs()
        self.processProtocol?.processExited(exit)
        if self.openReads.isEmpty { self.exitDriver?.streamsClosed() }
        self.exitDriver?.leaderExited()
    }

    /// Ends the output streams that no live process has open.
    func endUnusedOutputs() {
        for number in self.openReads.subtracting(self.streamsInUse).sorted() {
            self.streamEnded(number)
        }
    }

    /// Whether the process group has no live member.
    package func isGroupEmpty(thoroughly: Bool) -> Bool {
        !self.members.contains { $0.isAlive && $0.isInGroup }
    }

    /// Delivers a signal of the exit policy to the process group, and records the signal
    /// for `ProcessEnd.signalsToGroup`.
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

    /// The processes that were meant to end but are still alive.
    ///
    /// These are all live members of the group if the exit policy terminates the group, or if the
    /// caller gave the process up.
    private var survivors: [ProcessSurvivor] {
        guard self.isGivenUp || self.request.exitPolicy.termination != nil else { return [] }
        return self.membersOfGroup()
    }
}
