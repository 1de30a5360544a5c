// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// One child process on a libev reactor: its pidfd, its streams, and the end of both.
///
/// The process is also the transport of its protocol; see LibevProcess+Transport.swift.
final class LibevProcess: ReadinessTarget {
    /// The mutable state of a process.
    struct State: ~Copyable {
        /// The protocol, or `nil` once the process has ended or has been torn down.
        var processProtocol: ProcessProtocol?
        var readers: [ChildReader] = []
        var writers: [ChildWriter] = []
        var exitDriver: ExitDriver?
        var pidWatcher: IOWatcher?
        /// Whether the protocol's `makeConnection` has been called.
        var isConnected = false
        /// How the child terminated, or `nil` while it is running.
        var exit: ProcessExit?
        var usage: ResourceUsage?
        /// Whether the owner has given the process up, so that its group counts as meant to end.
        var isGivenUp = false
        /// Whether the group got SIGKILL, after which no further signal has an effect on it.
        var isGroupKilled = false
        /// Whether the reactor has shut down, so that it no longer reaps the child.
        var isTornDown = false
        /// Whether the child is left as a zombie, whose number keeps the group identifiable.
        ///
        /// This happens only on kernels before Linux 6.9; see `ChildHandle.reapsAtOnce`.
        var keepsZombie = false
        /// The signals that the exit policy has sent to the group.
        var policySignals: [SentSignal] = []
        /// The time at which the exit counts as unknown if the kernel has not provided the
        /// status before.
        var statusDeadline: Int64?
    }

    // The reactor owns each process until the process has been reaped, and tears down all remaining
    // processes before it is destroyed. If the caller keeps a transport longer than the reactor
    // exists, the protocol of that transport is `nil`, and then no method uses the reactor.
    unowned let reactor: LibevReactor
    /// The position of the process in the reactor's `children`.
    var index = 0

    // Only the reactor's thread accesses the state. Each access loads or stores one member, appends
    // to an array, or starts or stops the watcher, none of which calls back into this object.
    // Methods of the protocol, the streams and the driver are called on a reference that was loaded
    // before. So no two accesses overlap, and the run-time check is unnecessary. The check was a
    // fifth of the time that this module spends on a child.
    @exclusivity(unchecked) var state: State

    let child: ChildHandle
    /// Whether the child has a controlling terminal.
    let usesTerminal: Bool
    /// Whether the child leads its own process group.
    let hasOwnGroup: Bool
    private let writeLimit: Int
    /// Whether the exit policy terminates the rest of the group.
    private let terminatesGroup: Bool

    init(
        _ reactor: LibevReactor,
        _ processProtocol: ProcessProtocol,
        _ request: SpawnRequest,
        _ child: consuming ChildHandle,
        _ ends: inout ChildEnds
    ) {
        self.reactor = reactor
        self.state = State(processProtocol: processProtocol)
        self.usesTerminal = request.usesTerminal
        self.hasOwnGroup = request.hasOwnGroup
        self.writeLimit = request.writeLimit
        self.terminatesGroup = request.exitPolicy.termination != nil
        let pidfd = child.pidfd
        self.child = child
        super.init()
        self.state.exitDriver = ExitDriver(
            self,
            policy: request.exitPolicy,
            hasGroup: self.hasOwnGroup,
            queue: reactor.queue
        )
        self.state.pidWatcher = IOWatcher(reactor.loop, pidfd, .readableOrHungUp, target: self)
        self.addStreams(&ends)
    }

    private func addStreams(_ ends: inout ChildEnds) {
        self.state.readers.reserveCapacity(ends.streams.count)
        for index in ends.streams.indices {
            guard let end = ends.takeOurs(index) else { continue }
            let stream = ends.streams[index]
            let kind = self.usesTerminal ? .terminal : stream.kind.streamKind
            if stream.kind.isWritten {
                self.addWriter(stream.number, kind, end)
            } else {
                let reader = ChildReader(self, number: stream.number, kind, end)
                self.state.readers.append(reader)
            }
        }
    }

    func addWriter(_ number: Int32, _ kind: StreamKind, _ end: consuming Descriptor) {
        let writer = ChildWriter(self, number: number, kind, limit: self.writeLimit, end)
        self.state.writers.append(writer)
    }

    deinit {
        self.reapZombie()
    }

    /// Connects the protocol and starts to watch the child.
    ///
    /// ``LibevReactor/connectNewChildren()`` calls this method, and describes when.
    func connect() {
        guard let processProtocol = self.state.processProtocol, !self.state.isConnected else {
            return
        }
        self.state.isConnected = true
        processProtocol.makeConnection(self)
        for writer in self.state.writers { writer.start() }
        for reader in self.state.readers { reader.start() }
        self.state.pidWatcher?.start()
    }

    // MARK: - Events of the streams

    var readers: [ChildReader] { self.state.readers }

    var isConnected: Bool { self.state.isConnected }

    func received(_ data: RawSpan, from number: Int32) {
        self.state.processProtocol?.childDataReceived(data, from: number)
    }

    func writeBufferEmptied(_ number: Int32) {
        self.state.processProtocol?.childWriteBufferEmptied(number)
    }

    func streamEnded(_ number: Int32) {
        self.state.processProtocol?.childConnectionLost(number)
        if !self.hasOpenReader { self.state.exitDriver?.streamsClosed() }
    }

    func writerEnded(_ number: Int32) {
        self.state.processProtocol?.childConnectionLost(number)
    }

    private var hasOpenReader: Bool { self.state.readers.contains(where: \.isOpen) }

    // MARK: - The exit

    var hasExited: Bool { self.state.exit != nil }

    /// Handles a readable pidfd, which means that the child has exited.
    override func descriptorIsReady() {
        // The pidfd stays readable, so the watcher would call this method in each turn.
        self.state.pidWatcher?.stop()
        guard
            let status = self.child.wait(reap: self.child.reapsAtOnce || !self.hasOwnGroup)
        else {
            return self.retryStatus()
        }
        self.exited(status.exit, status.usage)
    }

    /// Handles the exit of the child if it has exited and the loop has not reported that yet.
    func handleExitIfAny() {
        guard self.state.isConnected, self.state.exit == nil else { return }
        if Syscalls.isReadable(self.child.pidfd) { self.descriptorIsReady() }
    }

    /// Whether the child with the process ID `pid` is this one, and has not been reaped.
    func isUnreaped(_ pid: Int32) -> Bool {
        let isReaped = self.hasExited && (self.child.reapsAtOnce || !self.hasOwnGroup)
        return self.child.pid == pid && !isReaped
    }

    /// Queries the status again after a millisecond, for at most 100 ms.
    ///
    /// The retry is needed if other code in the program reaped the child. The kernel then keeps the
    /// status in the pidfd (PIDFD_GET_INFO), but makes it available some microseconds after the
    /// exit. In a test in which another thread reaped all children, the first query came too early
    /// for 1 of 20,000 children.
    private func retryStatus() {
        let queue = self.reactor.queue
        let deadline = self.state.statusDeadline ?? queue.now.addingSaturated(100_000_000)
        self.state.statusDeadline = deadline
        guard queue.now < deadline else { return self.exited(.unknown, nil) }
        _ = queue.schedule(after: 1_000_000) { [weak self] in self?.descriptorIsReady() }
    }

    private func exited(_ exit: ProcessExit, _ usage: ResourceUsage?) {
        self.state.exit = exit
        self.state.usage = usage
        guard self.state.processProtocol != nil else { return self.deregister() }
        for reader in self.state.readers where reader.isOpen { reader.readRest() }
        // `processProtocol` is read again here, because `readRest` called methods of the protocol.
        // If one of them called `shutDown`, `processProtocol` is `nil` now.
        self.state.processProtocol?.processExited(exit)
        // If the reactor reads from no stream of the child, no reader calls `streamEnded`, so the
        // driver is notified here.
        if !self.hasOpenReader { self.state.exitDriver?.streamsClosed() }
        self.state.exitDriver?.leaderExited()
    }

    func closeStreams() {
        for reader in self.state.readers where reader.isOpen { reader.close() }
        for writer in self.state.writers { writer.close() }
    }

    /// Reaps the child if necessary, and removes it from the reactor.
    ///
    /// A child that was given up while it was alive stays registered until it dies, so that it
    /// leaves no zombie.
    private func deregister() {
        guard self.state.exit != nil else { return }
        self.state.pidWatcher = nil
        if !self.child.reapsAtOnce { self.reapLate() }
        self.reactor.deregister(self)
    }
}

extension LibevProcess: ExitDriverDelegate {
    func isGroupEmpty(thoroughly: Bool) -> Bool {
        self.child.isGroupEmpty(thoroughly: thoroughly)
    }

    func signalGroupForPolicy(_ signal: Signal) {
        self.state.policySignals.append(SentSignal(signal, to: .group, at: self.reactor.now))
        if self.child.signalGroup(signal) == 0, signal == .kill { self.state.isGroupKilled = true }
    }

    func end() {
        guard let processProtocol = self.state.processProtocol else { return }
        let survivors = self.findSurvivors()
        let cut = self.readRestOfStreams()
        var open = cut
        for writer in self.state.writers where writer.isOpen { open.append(writer.number) }
        open.sort()
        self.closeStreams()
        for number in open { processProtocol.childConnectionLost(number) }
        let end = ProcessEnd(
            exit: self.state.exit ?? .unknown,
            cutStreams: cut,
            survivors: survivors,
            signalsToGroup: self.state.policySignals,
            usage: self.state.usage
        )
        self.state.processProtocol = nil
        self.deregister()
        processProtocol.endConnection(end)
    }

    /// Reads the remaining data from the open streams.
    ///
    /// - Returns: The descriptors of the streams that other processes still have open.
    private func readRestOfStreams() -> [Int32] {
        // Most processes have no open stream at this time, and an empty array costs no allocation.
        var cut: [Int32] = []
        for reader in self.state.readers where reader.isOpen {
            reader.readRest()
            if reader.isOpen { cut.append(reader.number) }
        }
        return cut
    }

    /// Returns the processes that were meant to end but are still alive.
    ///
    /// These are all live members of the group if the exit policy terminates the group, or if the
    /// owner gave the process up.
    private func findSurvivors() -> [ProcessSurvivor] {
        self.state.isGivenUp || self.terminatesGroup ? self.membersOfGroup() : []
    }
}
