// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

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
