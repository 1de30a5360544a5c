// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The reactor's end of a stream from a child: a pipe, a socket or the primary side of a terminal.
final class ChildReader: ReadinessTarget {
    /// The mutable state of a reader.
    private struct State: ~Copyable {
        // Declared before the descriptor and so destroyed before it: a watcher must stop before its
        // descriptor is closed.
        var watcher: IOWatcher?
        var capacity = PipeCapacity()
        var descriptor: Descriptor?
        var isPaused = false
        /// The call that polls a terminal which nobody has open, or `nil` if there is none.
        var reopening: DelayedCall?
    }

    /// The number of the stream's descriptor in the child.
    let number: Int32
    private let kind: StreamKind
    // The process owns its readers and closes them before it is destroyed.
    private unowned let process: LibevProcess
    // Only the reactor's thread touches the state. Each access is a load, a store, or a call of the
    // watcher, the capacity or the delayed call, none of which calls back into this object. So no
    // two accesses overlap, and the run-time check may be left out.
    @exclusivity(unchecked) private var state: State

    /// The number of bytes that one turn reads from one stream at most.
    ///
    /// The limit leaves time for other streams while one child writes without a pause.
    private static let turnBudget = ReadBuffer.size
    /// The number of bytes that are read at most after the exit.
    ///
    /// No pipe, socket or terminal contains more (proc(5), "pipe-max-size"), so this includes
    /// everything that the child wrote before it exited.
    private static let restBudget = 1024 * 1024
    /// The number of bytes in one read from a terminal after which another read is worthwhile.
    ///
    /// A terminal delivers at most 4 KiB at a time. After less than half of that there is rarely
    /// more data, and a read that finds nothing is expensive: it waits for the kernel thread that
    /// moves the output (`tty_buffer_flush_work`).
    private static let worthAnotherTerminalRead = 2048
    /// The number of bytes that one read takes from a socket at most.
    ///
    /// A socket contains little more than three times as much, and copies that fit into the caches
    /// near the processor are faster.
    private static let socketReadSize = 64 * 1024
    /// The interval at which a terminal that nobody has open is polled, in nanoseconds.
    private static let reopenInterval: Int64 = 100_000_000

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
        if self.state.reopening == nil { self.state.watcher?.start() }
    }

    /// Closes the reactor's end without telling the process.
    func close() {
        self.state.reopening?.cancel()
        self.state.reopening = nil
        self.state.watcher = nil
        self.state.capacity.pipeCloses()
        self.state.descriptor = nil
    }

    override func descriptorIsReady() {
        self.read(atMost: Self.turnBudget, toTheEnd: false)
    }

    /// Reads until the stream is empty, even during a pause.
    ///
    /// After the exit this delivers everything that the child itself wrote.
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
    /// That is the case for a writer that repeatedly fills a buffer and writes it. Reading again at
    /// once then saves a turn of the loop for each piece, and the few pieces in the pipe stay in
    /// the processor's cache: with pieces of 8 KiB, twice the throughput for half of the processor
    /// time. A writer of larger pieces needs more time for the next one, and after a smaller piece,
    /// such as a line, there is rarely more.
    private func isLikelyToRefill(after count: Int) -> Bool {
        self.kind == .pipe && count >= 4096 && count < 64 * 1024
    }

    private func failed(_ code: Int32) {
        // A terminal that nobody has open fails with EIO. While the leader is alive it may open its
        // terminal again by name (/dev/tty), and then there is more output.
        guard self.kind == .terminal, code == EIO, !self.process.hasExited else {
            return self.ended()
        }
        // The watcher would report the hang-up in each turn, so it stops until the next poll.
        self.state.watcher?.stop()
        // `readRest` may get here while a poll is already scheduled. That call must be canceled, or
        // it would run after this reader is destroyed.
        self.state.reopening?.cancel()
        self.state.reopening = self.process.reactor.queue.schedule(after: Self.reopenInterval) {
            [unowned self] in
            self.state.reopening = nil
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
    /// The number of bytes that one read takes at most: the capacity of the largest pipe.
    ///
    /// One read therefore empties a pipe. A page of the buffer takes memory only once a read has
    /// used it.
    static let size = Int(EnlargedPipe.capacity)

    let bytes: UnsafeMutableRawBufferPointer

    init() {
        self.bytes = .allocate(byteCount: Self.size, alignment: 64)
    }

    deinit {
        self.bytes.deallocate()
    }
}
