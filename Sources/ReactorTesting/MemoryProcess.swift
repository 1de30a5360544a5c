// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// A scripted child of a ``MemoryReactor``: the transport of its protocol, and the test's hand on it.
///
/// What the child does reaches the protocol in a later turn, as from a kernel. The end is decided
/// by the same machine as on the real reactor.
public final class MemoryProcess {
    // The reactor keeps its processes.
    unowned let reactor: MemoryReactor
    var processProtocol: ProcessProtocol?
    var exitDriver: ExitDriver?
    /// The leader comes first.
    var members: [MemoryMember] = []
    var isPaused = false
    private var isConnected = false
    /// What happened before the protocol was connected.
    private var early: [(MemoryProcess) -> Void] = []

    /// Output that the protocol has not got yet, in order.
    var undelivered: [(number: Int32, bytes: [UInt8])] = []
    /// Streams that we read and that are not at their end for the protocol.
    var openReads: Set<Int32>
    /// Streams that we write and that are open on both sides.
    var openWrites: Set<Int32>
    /// What was written and has not gone out, by descriptor.
    var unflushed: [Int32: [UInt8]] = [:]
    /// What has come to the child's input and was not read.
    var input: [UInt8] = []
    var policySignals: [SentSignal] = []

    /// What was asked for.
    public let request: SpawnRequest
    /// How the leader ended, once the reactor knows.
    public internal(set) var exit: ProcessExit?
    /// Every signal that was sent, with whom it was for and when, those that did nothing too.
    public internal(set) var signals: [SentSignal] = []
    /// What was written to the child, by its descriptor.
    public internal(set) var written: [Int32: [UInt8]] = [:]
    /// The size that the terminal was last told.
    public internal(set) var terminalSize: (rows: UInt16, columns: UInt16)?

    init(_ reactor: MemoryReactor, _ processProtocol: ProcessProtocol, _ request: SpawnRequest) {
        self.reactor = reactor
        self.processProtocol = processProtocol
        self.request = request
        (self.openReads, self.openWrites) = request.streams.numbers
        self.exitDriver = ExitDriver(
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
        let number = self.request.streams.origin(of: descriptor)
        guard self.openReads.contains(number), !bytes.isEmpty else { return }
        self.undelivered.append((number, bytes))
        self.report { $0.deliver() }
    }

    /// The leader ends with this code.
    public func exit(code: Int32) { self.endLeader(.exited(code: code)) }

    /// A signal from elsewhere ends the leader.
    public func die(of signal: Signal) { self.endLeader(.signaled(signal, coreDumped: false)) }

    /// Whether nothing of the child's tree is alive.
    public var isGone: Bool { !self.members.contains(where: \.isAlive) }

    private func endLeader(_ exit: ProcessExit) {
        guard let leader = self.members.first else { return }
        self.end(leader, exit)
    }

    // MARK: - Connection

    func launch(_ steps: [MemoryStep]) {
        let leader = MemoryMember(
            pid: self.reactor.takePID(),
            open: self.request.streams.all,
            isInGroup: true,
            steps
        )
        self.members = [leader]
        self.reactor.reportNewChild { [weak self] in self?.connect(leader) }
    }

    private func connect(_ leader: MemoryMember) {
        guard let processProtocol = self.processProtocol else { return }
        self.isConnected = true
        processProtocol.makeConnection(self)
        let early = self.early
        self.early = []
        for event in early { self.report(event) }
        self.goOn(leader)
    }

    /// The reactor shuts down: nobody hears of anything any more.
    func tearDown() {
        self.exitDriver?.cancel()
        self.processProtocol = nil
        for member in self.members { member.nextStep?.cancel() }
    }

    /// Tells of something in the next turn, but not before the protocol is connected.
    func report(_ event: @escaping (MemoryProcess) -> Void) {
        guard self.isConnected else { return self.early.append(event) }
        self.reactor.report { [weak self] in
            if let self { event(self) }
        }
    }
}

extension MemoryReactor: ReactorProcess {
    /// Starts a scripted child; ``programs`` says what it does.
    @discardableResult
    public func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport {
        let steps = try self.programs(request)
        let process = MemoryProcess(self, `protocol`, request)
        self.processes.append(process)
        process.launch(steps)
        return process
    }

    func takePID() -> Int32 {
        self.nextPID += 1
        return self.nextPID
    }
}

extension ChildStreams {
    /// The child's descriptors that we read, and those that we write.
    var numbers: (reads: Set<Int32>, writes: Set<Int32>) {
        switch self {
        case .pipes, .socketPairs: return ([1, 2], [0])
        case .terminal: return ([1], [])
        case .descriptors(let map):
            let reads = map.filter(\.value.isRead)
            let writes = map.filter(\.value.isWritten)
            return (Set(reads.keys), Set(writes.keys))
        }
    }

    /// All that the child has open.
    var all: Set<Int32> {
        if case .descriptors(let map) = self { Set(map.keys) } else { [0, 1, 2] }
    }

    /// The descriptor whose stream `number` is: of a copy the original, of a terminal's three the
    /// one.
    func origin(of number: Int32) -> Int32 {
        switch self {
        case .pipes, .socketPairs: return number
        case .terminal: return self.all.contains(number) ? 1 : number
        case .descriptors(let map):
            var origin = number
            // A chain of copies; one that leads nowhere or in a circle is no longer than the map.
            for _ in 0..<map.count {
                guard case .sameAs(let other)? = map[origin] else { break }
                origin = other
            }
            return origin
        }
    }
}
