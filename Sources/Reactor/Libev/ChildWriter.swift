// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Our end of a stream that a child reads, with what waits to be written.
final class ChildWriter: ReadinessTarget {
    /// The child's number for the stream.
    let number: Int32
    // The process owns its writers and closes them before it goes.
    private unowned let process: LibevProcess
    // Declared before the descriptor, so that it is gone first: a watcher stops before its
    // descriptor closes.
    private var watcher: IOWatcher?
    private var descriptor: Descriptor?
    private let limit: Int
    private var waiting: [UInt8] = []
    /// How much of `waiting` has gone out.
    private var written = 0
    private var closesWhenEmpty = false
    /// Whether the child going away can be seen while nothing is to be written.
    ///
    /// A pipe's write end reports an error as readability; a terminal's readability is its output.
    private let watchesForClose: Bool

    init(
        _ process: LibevProcess,
        number: Int32,
        isTerminal: Bool,
        limit: Int,
        _ descriptor: consuming Descriptor
    ) {
        self.process = process
        self.number = number
        self.limit = limit
        self.watchesForClose = !isTerminal
        let file = descriptor.number
        self.descriptor = consume descriptor
        super.init()
        let events: IOWatcher.Events = isTerminal ? .writable : .readable
        self.watcher = IOWatcher(process.reactor.loop, file, events, target: self)
    }

    /// Whether our end is closed, and the process has been told or will be.
    var isClosed: Bool { self.descriptor == nil }

    /// Whether our end is open and takes more.
    var isOpen: Bool { self.descriptor != nil && !self.closesWhenEmpty }

    func start() {
        // Something may have been written before the protocol was connected.
        if !self.isEmpty { return self.waitUntilWritable() }
        if self.watchesForClose { self.watcher?.start() }
    }

    /// Queues all of `bytes` or none.
    func write(_ bytes: [UInt8]) -> WriteOutcome {
        let pending = self.waiting.count - self.written
        guard self.isOpen, pending + bytes.count <= self.limit else { return .refused }
        guard !bytes.isEmpty else { return .accepted }
        if self.written > 0 {
            self.waiting.removeFirst(self.written)
            self.written = 0
        }
        self.waiting += bytes
        if self.process.isConnected { self.waitUntilWritable() }
        return pending + bytes.count > self.limit / 2 ? .acceptedButFull : .accepted
    }

    /// Closes our end once nothing waits.
    func closeWhenEmpty() {
        guard self.isOpen else { return }
        self.closesWhenEmpty = true
        if self.isEmpty { self.lost() }
    }

    /// Closes our end at once, without a word to anybody.
    func close() {
        self.watcher = nil
        self.descriptor = nil
        self.waiting = []
        self.written = 0
    }

    private var isEmpty: Bool { self.written == self.waiting.count }

    private func waitUntilWritable() {
        self.watcher?.change(to: self.watchesForClose ? [.readable, .writable] : .writable)
        self.watcher?.start()
    }

    override func descriptorIsReady() {
        guard let file = self.descriptor?.number else { return }
        // Nothing was to be written: what woke us is the error that the child's end is closed.
        guard !self.isEmpty else { return self.lost() }
        do {
            let count = try self.waiting.withUnsafeBytes { bytes throws(SystemError) in
                try Syscalls.write(file, UnsafeRawBufferPointer(rebasing: bytes[self.written...]))
            }
            self.written += count ?? 0
        } catch {
            // EPIPE, or EIO of a terminal: the child no longer reads. What waited is lost, as the
            // protocol learns.
            return self.lost()
        }
        if self.isEmpty { self.emptied() }
    }

    private func emptied() {
        self.waiting.removeAll(keepingCapacity: self.waiting.capacity <= 64 * 1024)
        self.written = 0
        if self.closesWhenEmpty { return self.lost() }
        if self.watchesForClose {
            self.watcher?.change(to: .readable)
        } else {
            self.watcher?.stop()
        }
        self.process.writeBufferEmptied(self.number)
    }

    private func lost() {
        self.close()
        self.process.writerEnded(self.number)
    }
}
