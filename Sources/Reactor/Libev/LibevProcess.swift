// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// One child process on a libev reactor: its pidfd, its streams, its end.
final class LibevProcess: ReadinessTarget, ProcessTransport, ExitDriverDelegate {
    // The reactor keeps its processes until they are over, and lets go of them in `shutDown`.
    unowned let reactor: LibevReactor
    /// Where the reactor keeps it.
    var index = 0

    // Confined to the reactor's thread, and each access to these is a load or a store that calls
    // nobody: no two overlap. The run-time check of them was a fifth of what a child costs here.
    //
    // nil once the process is over.
    @exclusivity(unchecked) private var processProtocol: ProcessProtocol?
    @exclusivity(unchecked) private(set) var readers: [ChildReader] = []
    @exclusivity(unchecked) private(set) var writers: [ChildWriter] = []
    @exclusivity(unchecked) private var exitDriver: ExitDriver?
    @exclusivity(unchecked) private var pidWatcher: IOWatcher?
    @exclusivity(unchecked) private(set) var isConnected = false
    // What is to be told at the end.
    @exclusivity(unchecked) private(set) var exit: ProcessExit?
    @exclusivity(unchecked) private var usage: ResourceUsage?
    @exclusivity(unchecked) private var policySignals: [SentSignal] = []
    /// When to stop asking for a status that a stranger took away.
    private var statusDeadline: Int64?

    private let child: ChildHandle
    // What is needed of the request until the end.
    private let usesTerminal: Bool
    private let hasOwnGroup: Bool
    private let writeLimit: Int
    private let terminatesGroup: Bool

    init(
        _ reactor: LibevReactor,
        _ processProtocol: ProcessProtocol,
        _ request: SpawnRequest,
        _ child: consuming ChildHandle,
        _ ends: inout ChildEnds
    ) {
        self.reactor = reactor
        self.processProtocol = processProtocol
        self.usesTerminal = request.usesTerminal
        self.hasOwnGroup = request.hasOwnGroup
        self.writeLimit = request.writeLimit
        self.terminatesGroup = request.exitPolicy.termination != nil
        let pidfd = child.pidfd
        self.child = child
        super.init()
        self.exitDriver = ExitDriver(
            self,
            policy: request.exitPolicy,
            hasGroup: self.hasOwnGroup,
            queue: reactor.queue
        )
        self.pidWatcher = IOWatcher(reactor.loop, pidfd, .readableOrHungUp, target: self)
        self.readers.reserveCapacity(ends.streams.count)
        for index in ends.streams.indices {
            guard let end = ends.takeOurs(index) else { continue }
            let stream = ends.streams[index]
            let kind = self.usesTerminal ? .terminal : stream.kind.streamKind
            if stream.kind.isWritten {
                self.addWriter(stream.number, kind, end)
            } else {
                self.readers.append(ChildReader(self, number: stream.number, kind, end))
            }
        }
    }

    private func addWriter(_ number: Int32, _ kind: StreamKind, _ end: consuming Descriptor) {
        self.writers.append(
            ChildWriter(self, number: number, kind, limit: self.writeLimit, end)
        )
    }

    /// The end of the spawn's turn: from now on the protocol hears of everything.
    func connect() {
        guard let processProtocol = self.processProtocol, !self.isConnected else { return }
        self.isConnected = true
        processProtocol.makeConnection(self)
        for writer in self.writers { writer.start() }
        for reader in self.readers { reader.start() }
        self.pidWatcher?.start()
    }

    /// The reactor shuts down: everything is let go, nobody hears of it.
    func tearDown() {
        self.exitDriver?.cancel()
        self.processProtocol = nil
        self.pidWatcher = nil
        self.closeStreams()
        // One look, so that a child that is gone already leaves no zombie; below Linux 6.9 also one
        // whose exit was seen, as long as its group was not done with.
        if self.exit == nil || !self.child.reapsAtOnce { _ = self.child.wait(reap: true) }
    }

    // MARK: - What streams report

    func received(_ data: RawSpan, from number: Int32) {
        self.processProtocol?.childDataReceived(data, from: number)
    }

    func writeBufferEmptied(_ number: Int32) {
        self.processProtocol?.childWriteBufferEmptied(number)
    }

    func streamEnded(_ number: Int32) {
        self.processProtocol?.childConnectionLost(number)
        if !self.hasOpenReader { self.exitDriver?.streamsClosed() }
    }

    func writerEnded(_ number: Int32) {
        self.processProtocol?.childConnectionLost(number)
    }

    private var hasOpenReader: Bool { self.readers.contains(where: \.isOpen) }

    // MARK: - The exit

    var hasExited: Bool { self.exit != nil }

    var pid: Int32? { self.exit == nil ? self.child.pid : nil }

    /// The pidfd is readable: the process has exited.
    override func descriptorIsReady() {
        // It stays readable for ever.
        self.pidWatcher?.stop()
        guard
            let status = self.child.wait(reap: self.child.reapsAtOnce || !self.hasOwnGroup)
        else {
            return self.askAgainForStatus()
        }
        self.exited(status.exit, status.usage)
    }

    /// A stranger reaped the child and the kernel does not say yet how it ended: a few
    /// microseconds, once in 20,000 children with a thief at work.
    private func askAgainForStatus() {
        let queue = self.reactor.queue
        let deadline = self.statusDeadline ?? queue.now.addingSaturated(100_000_000)
        self.statusDeadline = deadline
        guard queue.now < deadline else { return self.exited(.unknown, nil) }
        _ = queue.schedule(after: 1_000_000) { [weak self] in self?.descriptorIsReady() }
    }

    private func exited(_ exit: ProcessExit, _ usage: ResourceUsage?) {
        self.exit = exit
        self.usage = usage
        guard self.processProtocol != nil else { return self.deregister() }
        for reader in self.readers where reader.isOpen { reader.readRest() }
        self.processProtocol?.processExited(exit)
        // Of a child that has no stream for us to read nobody else says it.
        if !self.hasOpenReader { self.exitDriver?.streamsClosed() }
        self.exitDriver?.leaderExited()
    }

    // MARK: - ExitDriverDelegate

    func isGroupEmpty(thoroughly: Bool) -> Bool {
        self.child.isGroupEmpty(thoroughly: thoroughly)
    }

    func signalGroupForPolicy(_ signal: Signal) {
        self.policySignals.append(SentSignal(signal, to: .group, at: self.reactor.now))
        _ = self.child.signalGroup(signal)
    }

    func end() {
        guard let processProtocol = self.processProtocol else { return }
        let survivors = self.findSurvivors()
        // Most have no open stream left, and then nothing is built here.
        var cut: [Int32] = []
        for reader in self.readers where reader.isOpen {
            reader.readRest()
            if reader.isOpen { cut.append(reader.number) }
        }
        var open = cut
        for writer in self.writers where writer.isOpen { open.append(writer.number) }
        open.sort()
        self.closeStreams()
        for number in open { processProtocol.childConnectionLost(number) }
        let end = ProcessEnd(
            exit: self.exit ?? .unknown,
            cutStreams: cut,
            survivors: survivors,
            signalsToGroup: self.policySignals,
            usage: self.usage
        )
        self.processProtocol = nil
        self.deregister()
        processProtocol.endConnection(end)
    }

    /// Those whom the policy or the owner wanted gone and who are still there.
    private func findSurvivors() -> [ProcessSurvivor] {
        // Without a group of its own its fellows are ours, and nobody wanted them gone.
        guard self.hasOwnGroup else { return self.exit == nil ? self.child.livingLeader() : [] }
        return self.exit == nil || self.terminatesGroup ? self.child.livingMembers() : []
    }

    private func closeStreams() {
        for reader in self.readers where reader.isOpen { reader.close() }
        for writer in self.writers { writer.close() }
    }

    /// The last step: the reactor lets go of a process that is over and reaped.
    ///
    /// One that was given up alive is kept until it dies, so that it leaves no zombie.
    private func deregister() {
        guard self.exit != nil else { return }
        self.pidWatcher = nil
        if !self.child.reapsAtOnce { _ = self.child.wait(reap: true) }
        self.reactor.deregister(self)
    }

    // MARK: - ProcessTransport

    func write(_ bytes: [UInt8]) -> WriteOutcome {
        if self.usesTerminal, self.writers.isEmpty { self.openTerminalWriter() }
        return self.write(bytes, to: 0)
    }

    func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome {
        self.writers.first { $0.number == descriptor }?.write(bytes) ?? .refused
    }

    /// Most workers are never typed at: the terminal's second descriptor is made for those that
    /// are.
    private func openTerminalWriter() {
        guard let file = self.readers.first?.file, let copy = try? Syscalls.duplicate(file) else {
            return
        }
        self.addWriter(0, .terminal, Descriptor(owning: copy))
    }

    func closeChildDescriptor(_ descriptor: Int32) {
        // A terminal is one thing: closing a part of it means nothing. When all is over the reactor
        // may have gone.
        guard !self.usesTerminal, self.processProtocol != nil else { return }
        _ = self.reactor.queue.schedule(after: 0) { [weak self] in self?.closeNow(descriptor) }
    }

    func loseConnection() {
        guard self.processProtocol != nil else { return }
        _ = self.reactor.queue.schedule(after: 0) { [weak self] in
            guard let self else { return }
            for number in self.writers.map(\.number) + self.readers.map(\.number) {
                self.closeNow(number)
            }
        }
    }

    private func closeNow(_ number: Int32) {
        self.writers.first { $0.number == number && $0.isOpen }?.closeWhenEmpty()
        guard let reader = self.readers.first(where: { $0.number == number && $0.isOpen }) else {
            return
        }
        reader.close()
        self.streamEnded(number)
    }

    func signalProcess(_ signal: Signal, to target: SignalTarget) throws {
        let code: Int32
        if target == .group, self.hasOwnGroup {
            code = self.processProtocol == nil ? -ESRCH : self.child.signalGroup(signal)
        } else {
            code = self.hasExited ? -ESRCH : self.child.signalLeader(signal)
        }
        switch code {
        case 0: break
        case -ESRCH: throw ProcessExitedAlready()
        default: throw SignalError(signal: signal, errno: -code)
        }
        if target == .group, signal.rawValue != 0 { self.exitDriver?.ownerSignalled(signal) }
    }

    func pauseProducing() {
        for reader in self.readers { reader.pause() }
    }

    func resumeProducing() {
        for reader in self.readers { reader.resume() }
    }

    func resizeTerminal(rows: UInt16, columns: UInt16) {
        guard self.usesTerminal, let file = self.readers.first?.file else { return }
        cspawn_resize_terminal(file, Int32(rows), Int32(columns))
    }

    func giveUp() {
        self.exitDriver?.givenUp()
    }
}
