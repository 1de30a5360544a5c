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
            code = self.state.processProtocol == nil ? -ESRCH : self.child.signalGroup(signal)
        } else {
            code = self.hasExited ? -ESRCH : self.child.signalLeader(signal)
        }
        switch code {
        case 0: break
        case -ESRCH: throw ProcessExitedAlready()
        default: throw SignalError(signal: signal, errno: -code)
        }
        if target == .group, signal.rawValue != 0 { self.state.exitDriver?.ownerSignaled(signal) }
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
        self.state.exitDriver?.giveUp()
    }
}
