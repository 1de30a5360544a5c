// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

extension LibevProcess: ProcessTransport {
    var pid: Int32? { self.hasExited ? nil : self.child.pid }

    var exit: ProcessExit? { self.state.exit }

    func write(_ bytes: [UInt8]) -> WriteOutcome {
        if self.usesTerminal, self.state.writers.isEmpty { self.openTerminalWriter() }
        return self.write(bytes, to: 0)
    }

    func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome {
        self.state.writers.first { $0.number == descriptor }?.write(bytes) ?? .refused
    }

    /// Makes the writer of a terminal, with a duplicate of the reader's descriptor.
    ///
    /// Most children with a terminal get no input, so the duplicate is made at the first write.
    private func openTerminalWriter() {
        guard let file = self.state.readers.first?.file,
            let copy = try? Syscalls.duplicate(file)
        else {
            return
        }
        self.addWriter(0, .terminal, Descriptor(owning: copy))
    }

    func closeChildDescriptor(_ descriptor: Int32) {
        // The streams of a terminal share one device, so a single stream cannot be closed. After
        // the process has ended, the reactor may no longer exist and must not be used.
        guard !self.usesTerminal, self.state.processProtocol != nil else { return }
        _ = self.reactor.queue.schedule(after: 0) { [weak self] in self?.closeNow(descriptor) }
    }

    func loseConnection() {
        guard self.state.processProtocol != nil else { return }
        _ = self.reactor.queue.schedule(after: 0) { [weak self] in
            guard let self else { return }
            let numbers = self.state.writers.map(\.number) + self.state.readers.map(\.number)
            for number in numbers { self.closeNow(number) }
        }
    }

    private func closeNow(_ number: Int32) {
        self.state.writers.first { $0.number == number && $0.isOpen }?.closeWhenEmpty()
        let reader = self.state.readers.first { $0.number == number && $0.isOpen }
        guard let reader else { return }
        reader.close()
        self.streamEnded(number)
    }

    func signalProcess(_ signal: Signal, to target: SignalTarget) throws {
        let code: Int32
        if target == .group, self.hasOwnGroup {
            code = self.isGroupGone ? -ESRCH : self.child.signalGroup(signal)
        } else {
            code = self.hasExited ? -ESRCH : self.child.signalLeader(signal)
        }
        switch code {
        case 0: break
        case -ESRCH: throw ProcessExitedAlready()
        default: throw SignalError(signal: signal, errno: -code)
        }
        guard target == .group, signal.rawValue != 0, self.state.processProtocol != nil else {
            return
        }
        if signal == .kill { self.state.isGroupKilled = self.hasOwnGroup }
        self.state.exitDriver?.ownerSignaled(signal)
    }

    /// Whether the process has ended and its group has no live member, or cannot be identified.
    ///
    /// Before the end the kernel decides: it refuses a signal to an empty group. It accepts one for
    /// a group of zombies, but the exit policy recognizes those. After the end nobody else does.
    private var isGroupGone: Bool {
        guard self.state.processProtocol == nil else { return false }
        return !self.canIdentifyGroup || self.child.isGroupEmpty(thoroughly: true)
    }

    /// Whether the number of the group cannot belong to another group by now.
    ///
    /// A pidfd always identifies the group of its process. On kernels before Linux 6.9 the number
    /// is reserved only until the leader has been reaped.
    private var canIdentifyGroup: Bool {
        if self.child.reapsAtOnce || self.state.keepsZombie { return true }
        return !self.state.isTornDown && (self.state.processProtocol != nil || !self.hasExited)
    }

    func membersOfGroup() -> [ProcessSurvivor] {
        // A child without its own group is in the parent's group, whose other members are not
        // its own.
        guard self.hasOwnGroup else { return self.hasExited ? [] : self.child.livingLeader() }
        guard self.canIdentifyGroup else { return [] }
        return self.child.livingMembers()
    }

    func waitForGroup() {
        guard self.state.processProtocol != nil else { return }
        self.state.exitDriver?.ownerEndsGroup()
    }

    func pauseProducing() {
        for reader in self.state.readers { reader.pause() }
    }

    func resumeProducing() {
        for reader in self.state.readers { reader.resume() }
    }

    func resizeTerminal(rows: UInt16, columns: UInt16) {
        for reader in self.state.readers where reader.isTerminal {
            guard let file = reader.file else { continue }
            cspawn_resize_terminal(file, Int32(rows), Int32(columns))
        }
    }

    func giveUp() {
        guard self.state.processProtocol != nil else { return }
        self.state.isGivenUp = true
        self.state.exitDriver?.giveUp()
    }
}
