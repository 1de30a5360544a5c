// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// A scripted child of a ``MemoryReactor``: the transport of its protocol, and the test's hand on
/// it.
///
/// What the child does reaches the protocol in a later turn, as from a kernel. The end is decided
/// by the same machine as on the real reactor.
public final class MemoryProcess: ProcessTransport, EndingProcess {
    // The reactor keeps its processes.
    private unowned let reactor: MemoryReactor
    private var processProtocol: ProcessProtocol?
    private var ending: ProcessEnding?
    private var members: [MemoryMember] = []
    private var isConnected = false
    private var isPaused = false
    private var isOver = false
    /// Output that the protocol has not got yet, in order.
    private var undelivered: [(number: Int32, bytes: [UInt8])] = []
    /// Streams that we read and that are not at their end for the protocol.
    private var openReads: Set<Int32>
    private var openWrites: Set<Int32>
    private var policySignals: [SentSignal] = []

    /// What was asked for.
    public let request: SpawnRequest
    /// How the leader ended, once the reactor knows.
    public private(set) var exit: ProcessExit?
    /// Every signal that was sent, with whom it was for and when, those that did nothing too.
    public private(set) var signals: [SentSignal] = []
    /// What was written to the child, by its descriptor.
    public private(set) var written: [Int32: [UInt8]] = [:]
    /// The size that the terminal was last told.
    public private(set) var terminalSize: (rows: UInt16, columns: UInt16)?

    init(_ reactor: MemoryReactor, _ processProtocol: ProcessProtocol, _ request: SpawnRequest) {
        self.reactor = reactor
        self.processProtocol = processProtocol
        self.request = request
        (self.openReads, self.openWrites) = request.streams.numbers
        self.ending = ProcessEnding(
            self,
            policy: request.exitPolicy,
            hasGroup: request.hasOwnGroup,
            queue: reactor.queue
        )
    }

    // MARK: - The test's hand

    /// The leader writes to one of its descriptors.
    public func feed(_ text: String, to descriptor: Int32 = 1) {
        self.feed(Array(text.utf8), to: descriptor)
    }

    /// The leader writes bytes to one of its descriptors.
    public func feed(_ bytes: [UInt8], to descriptor: Int32 = 1) {
        let number = self.request.usesTerminal ? 1 : self.request.streams.origin(of: descriptor)
        guard self.openReads.contains(number), !bytes.isEmpty else { return }
        self.undelivered.append((number, bytes))
        self.reactor.report { [weak self] in self?.deliver() }
    }

    /// The leader ends with this code.
    public func exit(code: Int32) { self.endLeader(.exited(code: code)) }

    /// A signal from elsewhere ends the leader.
    public func die(of signal: Signal) { self.endLeader(.signaled(signal, coreDumped: false)) }

    /// Whether nothing of the child's tree is alive.
    public var isGone: Bool { !self.members.contains(where: \.isAlive) }

    // MARK: - Life

    func launch(_ steps: [MemoryStep]) {
        let open = self.openReads.union(self.openWrites)
        let leader = MemoryMember(pid: self.reactor.takePID(), open: open, isInGroup: true, steps)
        self.members = [leader]
        self.reactor.callLater(.zero) { [weak self] in self?.connect(leader) }
    }

    private func connect(_ leader: MemoryMember) {
        guard let processProtocol = self.processProtocol else { return }
        self.isConnected = true
        processProtocol.makeConnection(self)
        self.goOn(leader)
    }

    func letGo() {
        self.ending?.cancel()
        self.processProtocol = nil
        for member in self.members { member.nextStep?.cancel() }
    }

    private func goOn(_ member: MemoryMember) {
        while member.isAlive, let step = member.steps.popFirst() {
            guard self.perform(step, of: member) else { return }
        }
        // A script that runs out ends like a main function: with code 0.
        if member.isAlive, !member.isEchoing { self.end(member, .exited(code: 0)) }
    }

    /// Whether the script goes on at once.
    private func perform(_ step: MemoryStep, of member: MemoryMember) -> Bool {
        switch step {
        case .write(let text, let number): self.feed(text, to: number)
        case .writeBytes(let bytes, let number): self.feed(bytes, to: number)
        case .ignore(let signal): member.ignored.insert(signal)
        case .close(let number): self.close(number, of: member)
        case .start(let steps): self.start(steps, like: member, isInGroup: member.isInGroup)
        case .startDetached(let steps): self.start(steps, like: member, isInGroup: false)
        case .exit(let code): self.end(member, .exited(code: code))
        case .die(let signal): self.end(member, .signaled(signal, coreDumped: false))
        case .echoInput: member.isEchoing = true
        case .pause: return false
        case .wait(let duration):
            member.nextStep = self.reactor.callLater(duration) { [weak self] in self?.goOn(member) }
            return false
        }
        return !member.isEchoing
    }

    private func start(_ steps: [MemoryStep], like parent: MemoryMember, isInGroup: Bool) {
        let member = MemoryMember(
            pid: self.reactor.takePID(),
            open: parent.open,
            isInGroup: isInGroup,
            steps
        )
        member.ignored = parent.ignored
        self.members.append(member)
        member.nextStep = self.reactor.callLater(.zero) { [weak self] in self?.goOn(member) }
    }

    private func endLeader(_ exit: ProcessExit) {
        guard let leader = self.members.first else { return }
        self.end(leader, exit)
    }

    private func end(_ member: MemoryMember, _ exit: ProcessExit) {
        guard member.isAlive else { return }
        member.isAlive = false
        member.nextStep?.cancel()
        if member === self.members.first {
            self.reactor.report { [weak self] in self?.leaderExited(exit) }
        }
        for number in member.open { self.close(number, of: member) }
    }

    private func close(_ number: Int32, of member: MemoryMember) {
        member.open.remove(number)
        let isHeld = self.members.contains { $0.isAlive && $0.open.contains(number) }
        guard !isHeld else { return }
        self.reactor.report { [weak self] in self?.streamEnded(number) }
    }

    // MARK: - What the protocol hears

    private func deliver(evenPaused: Bool = false) {
        while self.isConnected, evenPaused || !self.isPaused, !self.undelivered.isEmpty {
            let (number, bytes) = self.undelivered.removeFirst()
            guard self.openReads.contains(number) else { continue }
            self.processProtocol?.childDataReceived(bytes.span.bytes, from: number)
        }
    }

    private func streamEnded(_ number: Int32) {
        // A terminal may be opened again while its leader lives; a paused stream has not been read
        // to its end.
        if self.request.usesTerminal, self.exit == nil { return }
        if self.isPaused, self.undelivered.contains(where: { $0.number == number }) { return }
        guard self.openReads.remove(number) != nil || self.openWrites.remove(number) != nil else {
            return
        }
        self.processProtocol?.childConnectionLost(number)
        if self.openReads.isEmpty { self.ending?.streamsClosed() }
    }

    private func leaderExited(_ exit: ProcessExit) {
        guard self.exit == nil else { return }
        self.exit = exit
        self.deliver(evenPaused: true)
        self.processProtocol?.processExited(exit)
        let held = self.members.filter(\.isAlive).reduce(into: Set<Int32>()) {
            $0.formUnion($1.open)
        }
        for number in self.openReads.subtracting(held).sorted() { self.streamEnded(number) }
        self.ending?.leaderExited()
    }

    // MARK: - EndingProcess

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
        return self.members.filter { $0.isAlive && $0.isInGroup }
            .map { ProcessSurvivor(pid: $0.pid, command: "scripted", state: "S") }
    }

    // MARK: - ProcessTransport

    /// A number that belongs to no real process, or nil once the leader has exited.
    public var pid: Int32? { self.exit == nil ? self.members.first?.pid : nil }

    /// Records what is written; an echoing child writes it back.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> WriteOutcome { self.write(bytes, to: 0) }

    /// Records what is written; an echoing child writes it back.
    @discardableResult
    public func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome {
        let isOpen =
            self.request.usesTerminal ? self.exit == nil : self.openWrites.contains(descriptor)
        guard isOpen, bytes.count <= self.request.writeLimit else { return .refused }
        self.written[descriptor, default: []] += bytes
        if self.members.contains(where: { $0.isAlive && $0.isEchoing }) { self.feed(bytes) }
        self.reactor.report { [weak self] in
            self?.processProtocol?.childWriteBufferEmptied(descriptor)
        }
        return bytes.count > self.request.writeLimit / 2 ? .acceptedButFull : .accepted
    }

    /// Closes our end of one stream, in the next turn.
    public func closeChildDescriptor(_ descriptor: Int32) {
        guard !self.request.usesTerminal else { return }
        self.reactor.report { [weak self] in self?.closeOurs(descriptor) }
    }

    /// Closes our ends of all streams, in the next turn.
    ///
    /// On a terminal the child gets SIGHUP.
    public func loseConnection() {
        self.reactor.report { [weak self] in
            guard let self else { return }
            if self.request.usesTerminal { self.deliverSignal(.hangup, to: .group) }
            for number in self.openWrites.union(self.openReads).sorted() { self.closeOurs(number) }
        }
    }

    private func closeOurs(_ number: Int32) {
        guard self.openReads.remove(number) != nil || self.openWrites.remove(number) != nil else {
            return
        }
        self.processProtocol?.childConnectionLost(number)
        if number == 0 { self.endEchoes() }
        if self.openReads.isEmpty { self.ending?.streamsClosed() }
    }

    /// What was echoing has come to the end of its input.
    private func endEchoes() {
        for member in self.members where member.isAlive && member.isEchoing {
            member.isEchoing = false
            self.goOn(member)
        }
    }

    /// Delivers a signal to the scripted tree; its effect is seen in a later turn.
    public func signalProcess(_ signal: Signal, to target: SignalTarget) throws {
        let isGroup = target == .group && self.request.hasOwnGroup
        let isGone = isGroup ? self.isGroupEmpty(thoroughly: true) : self.exit != nil
        guard !isGone, self.processProtocol != nil else { throw ProcessExitedAlready() }
        self.signals.append(SentSignal(signal, to: target, at: self.reactor.now))
        self.deliverSignal(signal, to: isGroup ? .group : .leader)
        if isGroup { self.ending?.ownerSignalled(signal) }
    }

    private func deliverSignal(_ signal: Signal, to target: SignalTarget) {
        let targets =
            target == .leader ? Array(self.members.prefix(1)) : self.members.filter(\.isInGroup)
        for member in targets where member.isAlive && member.isEnded(by: signal) {
            self.end(member, .signaled(signal, coreDumped: false))
        }
    }

    /// Holds output back until ``resumeProducing()``.
    public func pauseProducing() { self.isPaused = true }

    /// Delivers what was held back, in the next turn.
    public func resumeProducing() {
        guard self.isPaused else { return }
        self.isPaused = false
        self.reactor.report { [weak self] in self?.caughtUp() }
    }

    private func caughtUp() {
        self.deliver()
        let held = self.members.filter(\.isAlive).reduce(into: Set<Int32>()) {
            $0.formUnion($1.open)
        }
        for number in self.openReads.subtracting(held).sorted() { self.streamEnded(number) }
    }

    /// Records the size.
    public func resizeTerminal(rows: UInt16, columns: UInt16) {
        if self.request.usesTerminal { self.terminalSize = (rows, columns) }
    }

    /// Gives the child up.
    public func abandon() { self.ending?.abandoned() }
}
