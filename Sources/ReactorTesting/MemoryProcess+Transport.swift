// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

extension MemoryProcess: ProcessTransport {
    /// A number that belongs to no real process, or nil once the leader has exited.
    public var pid: Int32? { self.exit == nil ? self.members.first?.pid : nil }

    /// Records what is written; an echoing child writes it back.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> WriteOutcome { self.write(bytes, to: 0) }

    /// Records what is written; an echoing child writes it back.
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

    private func writeBufferEmptied(_ descriptor: Int32) {
        guard self.flush(descriptor) else { return }
        self.processProtocol?.childWriteBufferEmptied(descriptor)
    }

    /// Whether something went out.
    private func flush(_ descriptor: Int32) -> Bool {
        guard let bytes = self.unflushed.removeValue(forKey: descriptor) else { return false }
        guard descriptor == 0 else { return true }
        self.input += bytes
        if self.members.contains(where: { $0.isAlive && $0.isEchoing }) { self.echoInput() }
        return true
    }

    /// Closes our end of one stream, in the next turn.
    public func closeChildDescriptor(_ descriptor: Int32) {
        guard !self.request.usesTerminal else { return }
        self.report { $0.closeOurs(descriptor) }
    }

    /// Closes our ends of all streams, in the next turn; on a terminal the child gets SIGHUP.
    public func loseConnection() {
        self.report { process in
            if process.request.usesTerminal { process.deliverSignal(.hangup, to: .group) }
            for number in process.openWrites.union(process.openReads).sorted() {
                process.closeOurs(number)
            }
        }
    }

    private func closeOurs(_ number: Int32) {
        _ = self.flush(number)
        guard self.openReads.remove(number) != nil || self.openWrites.remove(number) != nil else {
            return
        }
        self.processProtocol?.childConnectionLost(number)
        if number == 0 { self.endEchoes() }
        if self.openReads.isEmpty { self.exitDriver?.streamsClosed() }
    }

    /// Delivers a signal to the scripted tree; its effect is seen in a later turn.
    public func signalProcess(_ signal: Signal, to target: SignalTarget) throws {
        let isGroup = target == .group && self.request.hasOwnGroup
        let isGone = isGroup ? self.isGroupEmpty(thoroughly: true) : self.exit != nil
        guard !isGone, self.processProtocol != nil || !isGroup else { throw ProcessExitedAlready() }
        self.signals.append(SentSignal(signal, to: target, at: self.reactor.now))
        self.deliverSignal(signal, to: isGroup ? .group : .leader)
        if isGroup { self.exitDriver?.ownerSignalled(signal) }
    }

    /// Holds output back until ``resumeProducing()``.
    public func pauseProducing() { self.isPaused = true }

    /// Delivers what was held back, in the next turn.
    public func resumeProducing() {
        guard self.isPaused else { return }
        self.isPaused = false
        self.report { process in
            process.deliver()
            process.endStreamsThatNobodyHolds()
        }
    }

    /// Records the size.
    public func resizeTerminal(rows: UInt16, columns: UInt16) {
        if self.request.usesTerminal { self.terminalSize = (rows, columns) }
    }

    /// Gives the child up.
    public func giveUp() { self.exitDriver?.givenUp() }
}

/// What the protocol hears, up to the end.
extension MemoryProcess: ExitDriverDelegate {
    func deliver(evenPaused: Bool = false) {
        while evenPaused || !self.isPaused, !self.undelivered.isEmpty {
            let (number, bytes) = self.undelivered.removeFirst()
            guard self.openReads.contains(number) else { continue }
            self.processProtocol?.childDataReceived(bytes.span.bytes, from: number)
        }
    }

    /// Nobody in the tree has the stream open any more.
    func streamEnded(_ number: Int32) {
        // A terminal may be opened again while its leader lives; what is paused is not read to its
        // end.
        if self.exit == nil, self.request.usesTerminal { return }
        if self.exit == nil, self.isPaused, self.openReads.contains(number) { return }
        guard self.openReads.remove(number) != nil || self.openWrites.remove(number) != nil else {
            return
        }
        self.unflushed[number] = nil
        self.processProtocol?.childConnectionLost(number)
        if self.openReads.isEmpty { self.exitDriver?.streamsClosed() }
    }

    func leaderExited(_ exit: ProcessExit) {
        guard self.exit == nil else { return }
        self.exit = exit
        self.deliver(evenPaused: true)
        self.endStreamsThatNobodyHolds()
        self.processProtocol?.processExited(exit)
        if self.openReads.isEmpty { self.exitDriver?.streamsClosed() }
        self.exitDriver?.leaderExited()
    }

    func endStreamsThatNobodyHolds() {
        for number in self.openReads.subtracting(self.heldStreams).sorted() {
            self.streamEnded(number)
        }
    }

    /// Whether no live member is left in the group.
    package func isGroupEmpty(thoroughly: Bool) -> Bool {
        !self.members.contains { $0.isAlive && $0.isInGroup }
    }

    /// Sends a signal to the group on behalf of the exit policy.
    package func signalGroupForPolicy(_ signal: Signal) {
        self.policySignals.append(SentSignal(signal, to: .group, at: self.reactor.now))
        self.deliverSignal(signal, to: .group)
    }

    /// The process is over.
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

    private var survivors: [ProcessSurvivor] {
        guard self.exit == nil || self.request.exitPolicy.termination != nil else { return [] }
        let named = self.request.hasOwnGroup ? self.members : Array(self.members.prefix(1))
        return named.filter { $0.isAlive && $0.isInGroup }
            .map { ProcessSurvivor(pid: $0.pid, command: "scripted", state: "S") }
    }
}
