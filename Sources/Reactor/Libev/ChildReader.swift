// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The reactor's end of a stream from a child: a pipe, a socket or the primary side of a terminal.
final class ChildReader: ReadinessTarget {
    /// The mutable state of a reader.
    private struct State: ~Copyable {
        // The members are destroyed in the order of their declaration. The watcher comes before the
        // descriptor, because a watcher must stop before its descriptor is closed.
        var watcher: IOWatcher?
        var capacity = PipeCapacity()
        var descriptor: Descriptor?
        var isPaused = false
        /// The call that polls a terminal that no process has open, or `nil` if no poll
        /// is scheduled.
        var terminalPoll: DelayedCall?
    }

    /// The number of the stream's descriptor in the child.
    let number: Int32
    private let kind: StreamKind
    // The process owns its readers and closes them before it is destroyed.
    private unowned let process: LibevProcess
    // Only the reactor's thread accesses the state. Each access is a load, a store, or a call of
    // the watcher, the capacity or the delayed call, none of which calls back into this object. So
    // no two accesses overlap, and the run-time check is unnecessary.
    @exclusivity(unchecked) private var state: State

    /// The number of bytes after which the reactor stops reading from a stream in the current turn.
    ///
    /// The limit leaves time for other streams while one child writes without a pause.
    private static let turnBudget = ReadBuffer.size
    /// The number of bytes after which the reactor stops reading from a stream after the exit.
    ///
    /// No pipe, socket or terminal contains more bytes (proc(5), "pipe-max-size"), so the reactor
    /// reads everything that the child wrote before it exited. Without a limit, the reading would
    /// never end if another process writes to the stream without a pause.
    private static let restBudget = 1024 * 1024
    /// The number of bytes that a read from a terminal must return before the reactor reads again
    /// in the same turn.
    ///
    /// One read returns at most 4 KiB. After a read of less than half of that, the terminal rarely
    /// has more data. A read that finds no data is expensive, because it waits for the kernel
    /// thread that moves the output (`tty_buffer_flush_work`).
    private static let worthAnotherTerminalRead = 2048
    /// The maximum number of bytes that one read takes from a socket.
    ///
    /// A socket contains little more than three times this number. Smaller reads are faster,
    /// because the copied data fits into the caches near the processor.
    private static let socketReadSize = 64 * 1024
    /// The interval at which a terminal that no process has open is polled, in nanoseconds.
    private static let terminalPollInterval: Int64 = 100_000_000

    init(
        _ process: LibevProcess,
        number: Int32,
        _ kind: StreamKind,
        _ descriptor: consuming Descriptor
    ) {
        self.process = process
        self.number = number
        self.kind = kind
        let file = descriptor.number
        self.state = State(descriptor: descriptor)
        super.init()
        // The read end of a pipe never becomes writable.
        let events: IOWatcher.Events = kind == .pipe ? .readableOrHungUp : .readable
        self.state.watcher = IOWatcher(process.reactor.loop, file, events, target: self)
    }

    /// Whether the stream is a terminal.
    var isTerminal: Bool { self.kind == .terminal }

    /// Whether the reactor's end is open, so that more output may arrive.
    var isOpen: Bool { self.file != nil }

    /// The descriptor of the reactor's end, or `nil` if it is closed.
    var file: Int32? { self.state.descriptor?.number }

    func start() {
        if !self.state.isPaused { self.state.watcher?.start() }
    }

    func pause() {
        self.state.isPaused = true
        self.state.watcher?.stop()
    }

    func resume() {
        guard self.state.isPaused else { return }
        self.state.isPaused = false
        if self.state.terminalPoll == nil { self.state.watcher?.start() }
    }

    /// Closes the reactor's end, without calling `streamEnded` of the process.
    func close() {
        self.state.terminalPoll?.cancel()
        self.state.terminalPoll = nil
        self.state.watcher = nil
        self.state.capacity.pipeCloses()
        self.state.descriptor = nil
    }

    override func descriptorIsReady() {
        self.read(atMost: Self.turnBudget, toTheEnd: false)
    }

    /// Reads until the stream is empty, even during a pause.
    ///
    /// After the exit, this method delivers everything that the child itself wrote.
    func readRest() {
        self.read(atMost: Self.restBudget, toTheEnd: true)
    }

    private func read(atMost budget: Int, toTheEnd: Bool) {
        let process = self.process
        var buffer = process.reactor.readBuffer.bytes
        if self.kind == .socket { buffer = .init(rebasing: buffer[..<Self.socketReadSize]) }
        // A pipe or a socket that delivered less than the size of the buffer is empty.
        let enough = self.kind == .terminal ? Self.worthAnotherTerminalRead : buffer.count
        var left = budget
        while left > 0, let file = self.file, toTheEnd || !self.state.isPaused {
            switch Syscalls.read(file, into: buffer) {
            case .bytes(let count):
                left -= count
                if self.kind == .pipe {
                    self.state.capacity.hasRead(count, from: file, process.reactor.queue)
                }
                let data = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                process.received(data.bytes, from: self.number)
                if count < enough, !toTheEnd, !self.isLikelyToRefill(after: count) { return }
            case .wouldBlock: return
            case .endOfFile: return self.ended()
            case .failed(let code): return self.failed(code)
            }
        }
    }

    /// Returns whether the writer of a pipe has probably written again since a read of
    /// `count` bytes.
    ///
    /// A writer that repeatedly fills a buffer of 4 KiB or more and writes it has probably written
    /// again. Reading again in the same turn then saves a turn of the loop for each buffer, and the
    /// few buffers in the pipe stay in the processor's cache. With buffers of 8 KiB, this doubles
    /// the throughput and halves the processor time. A writer with a buffer of 64 KiB or more needs
    /// too long to fill it again. After a small write, such as a line, more data rarely follows.
    private func isLikelyToRefill(after count: Int) -> Bool {
        self.kind == .pipe && count >= 4096 && count < 64 * 1024
    }

    private func failed(_ code: Int32) {
        // Reading from a terminal that no process has open fails with EIO. While the child is
        // alive, it may open its terminal again by name (/dev/tty) and write more output.
        guard self.kind == .terminal, code == EIO, !self.process.hasExited else {
            return self.ended()
        }
        // The watcher would report the hang-up in each turn, so it stops until the next poll.
        self.state.watcher?.stop()
        // `readRest` may fail here while a poll is already scheduled. The scheduled call must be
        // cancelled, because otherwise it could run after this reader is destroyed.
        self.state.terminalPoll?.cancel()
        self.state.terminalPoll = self.process.reactor.queue.schedule(
            after: Self.terminalPollInterval
        ) {
            [unowned self] in
            self.state.terminalPoll = nil
            self.pollTerminal()
        }
    }

    private func pollTerminal() {
        if !self.state.isPaused { self.state.watcher?.start() }
        self.read(atMost: Self.turnBudget, toTheEnd: false)
    }

    private func ended() {
        self.close()
        self.process.streamEnded(self.number)
    }
}

/// The buffer into which a reactor reads the output of all its children.
///
/// Protocols borrow the data for the duration of one call, so one buffer is enough and the output
/// is not copied.
final class ReadBuffer {
    /// The size of the buffer in bytes, which equals the capacity of an enlarged pipe.
    ///
    /// One read can therefore empty any pipe. The kernel allocates memory for a page of the buffer
    /// only when a read fills that page for the first time.
    static let size = Int(EnlargedPipe.capacity)

    let bytes: UnsafeMutableRawBufferPointer

    init() {
        self.bytes = .allocate(byteCount: Self.size, alignment: 64)
    }

    deinit {
        self.bytes.deallocate()
    }
}
