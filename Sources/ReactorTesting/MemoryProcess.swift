// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// A child process of a ``MemoryReactor``, which follows a script.
///
/// The process is the transport of its protocol. It also records all signals and all input that the
/// child received, and a test can act in place of the child:
///
///     try reactor.spawnProcess(protocol, SpawnRequest("worker"))
///     let child = reactor.processes[0]
///     child.feed("working\n")
///     child.exit(code: 3)
///     reactor.advance(by: .zero)
///
/// The effects reach the protocol in a later turn, as they would from a kernel, so a test must
/// advance the reactor before it checks the effects. The end of the process follows the same rules
/// as on the real reactor (`ExitPolicy`).
public final class MemoryProcess {
    // The reactor owns its processes, so it is alive whenever it calls one of them. A test must not
    // use a process after it has released the reactor.
    unowned let reactor: MemoryReactor
    var processProtocol: ProcessProtocol?
    var exitDriver: ExitDriver?
    /// The leader, followed by the processes that it and its descendants have started.
    var members: [MemoryMember] = []
    var isPaused = false
    private var isConnected = false
    /// The events that took place before the protocol was connected.
    private var earlyEvents: [(MemoryProcess) -> Void] = []

    /// The output that the protocol has not received yet, in order.
    var undelivered: [(number: Int32, bytes: [UInt8])] = []
    /// The descriptors of the child from which the reactor still reads.
    var openReads: Set<Int32>
    /// The descriptors of the child to which the reactor can still write.
    var openWrites: Set<Int32>
    /// The bytes that were written in this turn and have not reached the child, by descriptor.
    var unflushed: [Int32: [UInt8]] = [:]
    /// Whether the child reads; see ``MemoryStep/stopReading``.
    var isReading = true
    /// The bytes in the pipes of a child that does not read, by descriptor.
    var held: [Int32: [UInt8]] = [:]
    /// The descriptors that are to be closed when the bytes that are queued for them have left.
    var closing: Set<Int32> = []
    /// The bytes that have arrived at descriptor 0 of the child and that the child has not read.
    var input: [UInt8] = []
    /// Whether the owner has given the process up.
    var isGivenUp = false
    /// The signals that the exit policy sent to the group.
    var policySignals: [SentSignal] = []

    /// The request with which the child was spawned.
    public let request: SpawnRequest
    /// How the leader terminated, or `nil` until the reactor has handled its exit.
    public internal(set) var exit: ProcessExit?
    /// All signals that were sent through the transport, in order, including signals
    /// without effect.
    ///
    /// Signals that the exit policy sent are not included. `ProcessEnd.signalsToGroup` lists them.
    public internal(set) var signals: [SentSignal] = []
    /// All bytes that were written to the child, by the number of the child's descriptor.
    public internal(set) var written: [Int32: [UInt8]] = [:]
    /// The size that ``resizeTerminal(rows:columns:)`` set last, or `nil` if it was not called.
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

    // MARK: - Acting in place of the child

    /// Makes the leader write a text, encoded as UTF-8, to one of its descriptors.
    ///
    /// The call has no effect if the stream is closed.
    public func feed(_ text: String, to descriptor: Int32 = 1) {
        self.feed(Array(text.utf8), to: descriptor)
    }

    /// Makes the leader write bytes to one of its descriptors.
    ///
    /// The call has no effect if the stream is closed.
    public func feed(_ bytes: [UInt8], to descriptor: Int32 = 1) {
        let number = self.request.streams.origin(of: descriptor)
        guard self.openReads.contains(number), !bytes.isEmpty else { return }
        self.undelivered.append((number, bytes))
        self.report { $0.deliver() }
    }

    /// Makes the leader exit with a code from 0 to 255.
    ///
    /// The call has no effect if the leader has already terminated.
    public func exit(code: Int32) { self.endLeader(.exited(code: code)) }

    /// Makes the leader die from a signal, as if another program had sent it.
    ///
    /// The call has no effect if the leader has already terminated.
    public func die(of signal: Signal) { self.endLeader(.signaled(signal, coreDumped: false)) }

    /// Whether the leader and all of its descendants have terminated.
    public var isGone: Bool { !self.members.contains(where: \.isAlive) }

    private func endLeader(_ exit: ProcessExit) {
        guard let leader = self.members.first else { return }
        self.end(leader, exit)
    }

    // MARK: - Connection

    /// Creates the leader, and queues the call that connects the protocol.
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

    /// Connects the protocol and starts the script.
    private func connect(_ leader: MemoryMember) {
        guard let processProtocol = self.processProtocol else { return }
        self.isConnected = true
        processProtocol.makeConnection(self)
        let events = self.earlyEvents
        self.earlyEvents = []
        for event in events { self.report(event) }
        self.continueScript(of: leader)
    }

    /// Releases the protocol and cancels all pending calls, without calling the protocol.
    func tearDown() {
        self.exitDriver?.cancel()
        self.processProtocol = nil
        for member in self.members { member.nextStep?.cancel() }
    }

    /// Queues an event for the next turn, or for the turn after the protocol has been connected.
    func report(_ event: @escaping (MemoryProcess) -> Void) {
        guard self.isConnected else { return self.earlyEvents.append(event) }
        self.reactor.report { [weak self] in
            if let self { event(self) }
        }
    }
}

extension MemoryReactor: ReactorProcess {
    /// Starts a child that follows the script that ``programs`` returns for the request.
    ///
    /// Apart from that, the method behaves as `ReactorProcess.spawnProcess(_:_:)` describes.
    ///
    /// - Throws: The error that ``programs`` throws.
    @discardableResult
    public func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport {
        self.requireReactorsThread()
        `protocol`.requireUnused()
        if self.isShutDown { throw .reactorHasShutDown(request) }
        let steps = try self.programs(request)
        let process = MemoryProcess(self, `protocol`, request)
        self.processes.append(process)
        `protocol`.isUsed = true
        process.launch(steps)
        return process
    }

    /// Returns a process ID that no other child of this reactor has.
    func takePID() -> Int32 {
        self.nextPID += 1
        return self.nextPID
    }
}

extension ChildStreams {
    /// The descriptors of the child that the reactor reads from, and the descriptors of the child
    /// that it writes to.
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

    /// Whether the output stream of a descriptor is a terminal.
    func isTerminal(_ number: Int32) -> Bool {
        switch self {
        case .terminal: true
        case .pipes, .socketPairs: false
        case .descriptors(let map): map[number]?.isTerminal ?? false
        }
    }

    /// All descriptors that the child has open when it starts.
    var all: Set<Int32> {
        if case .descriptors(let map) = self { Set(map.keys) } else { [0, 1, 2] }
    }

    /// Returns the descriptor that represents the stream of the descriptor `number`.
    ///
    /// Several descriptors of a child can share one stream. A duplicate (`ChildDescriptor.sameAs`)
    /// is represented by its original, and each of the three descriptors of a terminal by
    /// descriptor 1.
    func origin(of number: Int32) -> Int32 {
        switch self {
        case .pipes, .socketPairs: return number
        case .terminal: return self.all.contains(number) ? 1 : number
        case .descriptors(let map):
            var origin = number
            // A duplicate may refer to another duplicate. The limit ends the search if the
            // duplicates refer to each other in a cycle.
            for _ in 0..<map.count {
                guard case .sameAs(let other)? = map[origin] else { break }
                origin = other
            }
            return origin
        }
    }
}
