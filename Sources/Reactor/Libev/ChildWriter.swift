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
    /// Whether the child can still be seen to go away, though it has been told that all is written.
    private var isHalfClosed = false
    private let kind: StreamKind

    init(
        _ process: LibevProcess,
        number: Int32,
        _ kind: StreamKind,
        limit: Int,
        _ descriptor: consuming Descriptor
    ) {
        self.process = process
        self.number = number
        self.limit = limit
        self.kind = kind
        let file = descriptor.number
        self.descriptor = consume descriptor
        super.init()
        let events: IOWatcher.Events = kind == .terminal ? .writable : .readable
        self.watcher = IOWatcher(process.reactor.loop, file, events, target: self)
    }

    /// Whether the child going away can be seen while nothing is to be written.
    ///
    /// A pipe's write end reports an error as readability, a socket its end; a terminal's
    /// readability is its output.
    private var watchesForClose: Bool { self.kind != .terminal }

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
        if self.isEmpty { self.endWriting() }
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
        // What a child writes to a socket would wake us again and again.
        self.watcher?.change(to: self.kind == .pipe ? [.readable, .writable] : .writable)
        self.watcher?.start()
    }

    override func descriptorIsReady() {
        guard let file = self.descriptor?.number else { return }
        guard !self.isEmpty else { return self.noticeClosing(file) }
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
        if self.closesWhenEmpty { return self.endWriting() }
        if self.watchesForClose {
            self.watcher?.change(to: .readable)
        } else {
            self.watcher?.stop()
        }
        self.process.writeBufferEmptied(self.number)
    }

    /// Nothing was to be written: what woke us is that the child's end is closed.
    private func noticeClosing(_ file: Int32) {
        // Or that it has written to its input, as it can to a socket: that goes nowhere.
        if self.kind == .socket {
            switch Syscalls.read(file, into: self.process.reactor.readBuffer.bytes) {
            case .bytes, .wouldBlock: return
            case .endOfFile, .failed: break
            }
        }
        if self.isHalfClosed { self.close() } else { self.lost() }
    }

    /// All is written that ever will be.
    ///
    /// A socket stays open for its other direction: with something in there that we did not read,
    /// its close would be an error for the child (ECONNRESET) and not the end of its input.
    private func endWriting() {
        guard self.kind == .socket, let file = self.descriptor?.number else { return self.lost() }
        Syscalls.endWriting(file)
        self.isHalfClosed = true
        self.watcher?.change(to: .readable)
        self.process.writerEnded(self.number)
    }

    private func lost() {
        self.close()
        self.process.writerEnded(self.number)
    }
}
