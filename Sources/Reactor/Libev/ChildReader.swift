// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Our end of a stream that a child writes: a pipe, a socket or the primary side of its terminal.
final class ChildReader: ReadinessTarget {
    /// The child's number for the stream.
    let number: Int32
    private let kind: StreamKind
    // The process owns its readers and closes them before it goes.
    private unowned let process: LibevProcess
    // As in the process: no two accesses to these overlap.
    //
    // Declared before the descriptor, so that it is gone first: a watcher stops before its
    // descriptor closes.
    @exclusivity(unchecked) private var watcher: IOWatcher?
    // The same.
    @exclusivity(unchecked) private var capacity = PipeCapacity()
    @exclusivity(unchecked) private var descriptor: Descriptor?
    @exclusivity(unchecked) private var isPaused = false
    /// Set while the terminal has no writer, but may get one again.
    @exclusivity(unchecked) private var reopening: DelayedCall?

    /// How much one turn reads from one stream at most, so that a flood leaves room for the others.
    private static let turnBudget = ReadBuffer.size
    /// A pipe, a socket or a terminal holds no more (fs.pipe-max-size): all that was written before an exit.
    private static let restBudget = 1024 * 1024
    /// A terminal gives 4 KiB at a time at most; after half of that there may well be more.
    ///
    /// After less there hardly is, and a read that finds nothing is dear: it waits for the kernel's
    /// thread that carries the output (`tty_buffer_flush_work`).
    private static let muchOfATerminal = 2048
    /// A socket holds little more than three of these, and what fits into the nearer caches of the
    /// processor is copied faster.
    private static let muchOfASocket = 64 * 1024
    /// How often a terminal that nobody has open is looked at.
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
        self.descriptor = consume descriptor
        super.init()
        // The reading end of a pipe is never writable.
        let events: IOWatcher.Events = kind == .pipe ? .readableOrHungUp : .readable
        self.watcher = IOWatcher(process.reactor.loop, file, events, target: self)
    }

    /// Whether our end is open: more may come.
    var isOpen: Bool { self.file != nil }

    /// The number of our end, for a terminal's writer.
    var file: Int32? { self.descriptor?.number }

    func start() {
        if !self.isPaused { self.watcher?.start() }
    }

    func pause() {
        self.isPaused = true
        self.watcher?.stop()
    }

    func resume() {
        guard self.isPaused else { return }
        self.isPaused = false
        if self.reopening == nil { self.watcher?.start() }
    }

    /// Closes our end without a word to anybody.
    func close() {
        self.reopening?.cancel()
        self.reopening = nil
        self.watcher = nil
        self.capacity.pipeCloses()
        self.descriptor = nil
    }

    override func descriptorIsReady() {
        self.read(atMost: Self.turnBudget, toTheEnd: false)
    }

    /// Reads until nothing is left, paused or not: all that a process wrote before its exit is
    /// there by then.
    func readRest() {
        self.read(atMost: Self.restBudget, toTheEnd: true)
    }

    private func read(atMost budget: Int, toTheEnd: Bool) {
        let process = self.process
        var buffer = process.reactor.readBuffer.bytes
        if self.kind == .socket { buffer = .init(rebasing: buffer[..<Self.muchOfASocket]) }
        // A pipe or a socket that gave less than was asked for is empty.
        let enough = self.kind == .terminal ? Self.muchOfATerminal : buffer.count
        var left = budget
        while left > 0, let file = self.file, toTheEnd || !self.isPaused {
            switch Syscalls.read(file, into: buffer) {
            case .bytes(let count):
                left -= count
                if self.kind == .pipe {
                    self.capacity.hasRead(count, from: file, process.reactor.queue)
                }
                let data = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                process.received(data.bytes, from: self.number)
                if count < enough, !toTheEnd, !self.isWritingPieces(count) { return }
            case .wouldBlock: return
            case .endOfFile: return self.ended()
            case .failed(let code): return self.failed(code)
            }
        }
    }

    /// Whether a pipe's writer is likely to have written again by now: one that fills its buffer and
    /// writes it out, over and over.
    ///
    /// Read at once, such pieces are few in the pipe and their pages warm, and the loop is not gone
    /// through for each: twice the rate and half of the CPU with pieces of 8 KiB. A larger piece
    /// takes its writer longer, and after a smaller one, a line, there is mostly nothing.
    private func isWritingPieces(_ count: Int) -> Bool {
        self.kind == .pipe && count >= 4096 && count < 64 * 1024
    }

    private func failed(_ code: Int32) {
        // A terminal's end is EIO. While the leader lives it may open /dev/tty again, and data
        // comes again.
        guard self.kind == .terminal, code == EIO, !self.process.hasExited else {
            return self.ended()
        }
        // The hang-up is a level: the watcher would spin.
        self.watcher?.stop()
        // The rest is read of one that is waiting already, too; its call must not outlive us.
        self.reopening?.cancel()
        self.reopening = self.process.reactor.queue.schedule(after: Self.reopenInterval) {
            [unowned self] in
            self.reopening = nil
            self.pollAgain()
        }
    }

    private func pollAgain() {
        if !self.isPaused { self.watcher?.start() }
        self.read(atMost: Self.turnBudget, toTheEnd: false)
    }

    private func ended() {
        self.close()
        self.process.streamEnded(self.number)
    }
}
