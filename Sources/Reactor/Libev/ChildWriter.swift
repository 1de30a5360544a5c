// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The reactor's end of a stream to a child, with the bytes that are queued for it.
final class ChildWriter: ReadinessTarget {
    /// The number of the stream's descriptor in the child.
    let number: Int32
    // The process owns its writers and closes them before it is destroyed.
    private unowned let process: LibevProcess
    // The members are destroyed in the order of their declaration. The watcher comes before the
    // descriptor, because a watcher must stop before its descriptor is closed.
    private var watcher: IOWatcher?
    private var descriptor: Descriptor?
    /// The maximum number of bytes that may be queued.
    private let limit: Int
    private var queued: [UInt8] = []
    /// The number of bytes at the front of `queued` that have been written.
    private var written = 0
    private var closesWhenEmpty = false
    /// Whether the socket is shut down for writing but still open.
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

    /// Whether this writer watches for readability to detect that the child's end was closed.
    ///
    /// The write end of a pipe becomes readable when its read end is closed, and a socket becomes
    /// readable when its peer is closed. A terminal becomes readable when it has output, which
    /// the reader handles.
    private var watchesForClose: Bool { self.kind != .terminal }

    /// Whether the reactor's end is open and accepts more bytes.
    var isOpen: Bool { self.descriptor != nil && !self.closesWhenEmpty }

    func start() {
        // The caller may have queued bytes before the protocol was connected.
        if !self.isEmpty { return self.waitUntilWritable() }
        if self.watchesForClose { self.watcher?.start() }
    }

    /// Queues either all of `bytes` or none.
    func write(_ bytes: [UInt8]) -> WriteOutcome {
        let pending = self.queued.count - self.written
        guard self.isOpen, pending + bytes.count <= self.limit else { return .refused }
        guard !bytes.isEmpty else { return .accepted }
        if self.written > 0 {
            self.queued.removeFirst(self.written)
            self.written = 0
        }
        self.queued += bytes
        if self.process.isConnected { self.waitUntilWritable() }
        return pending + bytes.count > self.limit / 2 ? .acceptedButFull : .accepted
    }

    /// Closes the reactor's end once all queued bytes have been written.
    func closeWhenEmpty() {
        guard self.isOpen else { return }
        self.closesWhenEmpty = true
        if self.isEmpty { self.endWriting() }
    }

    /// Closes the reactor's end immediately, without calling `writerEnded` of the process.
    func close() {
        self.watcher = nil
        self.descriptor = nil
        self.queued = []
        self.written = 0
    }

    private var isEmpty: Bool { self.written == self.queued.count }

    private func waitUntilWritable() {
        // The watcher of a socket does not wait for readability here. Otherwise unread data that
        // the child wrote to its standard input would end the loop's wait in each turn.
        self.watcher?.change(to: self.kind == .pipe ? [.readable, .writable] : .writable)
        self.watcher?.start()
    }

    override func descriptorIsReady() {
        guard let file = self.descriptor?.number else { return }
        guard !self.isEmpty else { return self.noticeClosing(file) }
        do {
            let count = try self.queued.withUnsafeBytes { bytes throws(SystemError) in
                try Syscalls.write(file, UnsafeRawBufferPointer(rebasing: bytes[self.written...]))
            }
            self.written += count ?? 0
        } catch {
            // The error is EPIPE, or EIO for a terminal: no process can read from the stream. The
            // queued bytes are lost, and the protocol's `childConnectionLost` is called.
            return self.lost()
        }
        if self.isEmpty { self.emptied() }
    }

    /// Handles the moment at which the last queued byte has been written.
    private func emptied() {
        self.queued.removeAll(keepingCapacity: self.queued.capacity <= 64 * 1024)
        self.written = 0
        if self.closesWhenEmpty { return self.endWriting() }
        if self.watchesForClose {
            self.watcher?.change(to: .readable)
        } else {
            self.watcher?.stop()
        }
        self.process.writeBufferEmptied(self.number)
    }

    /// Handles readability while no bytes are queued, which means that the child's end was closed.
    private func noticeClosing(_ file: Int32) {
        // A socket is also readable if the child has written to it. That data is discarded.
        if self.kind == .socket {
            switch Syscalls.read(file, into: self.process.reactor.readBuffer.bytes) {
            case .bytes, .wouldBlock: return
            case .endOfFile, .failed: break
            }
        }
        if self.isHalfClosed { self.close() } else { self.lost() }
    }

    /// Ends the stream, after the owner has closed it and all queued bytes have been written.
    ///
    /// A socket is only shut down for writing and stays open. If the socket were closed while it
    /// contains unread data from the child, the child would get ECONNRESET instead of the end of
    /// its input.
    private func endWriting() {
        guard self.kind == .socket, let file = self.descriptor?.number else { return self.lost() }
        Syscalls.endWriting(file)
        self.isHalfClosed = true
        self.watcher?.change(to: .readable)
        self.process.writerEnded(self.number)
    }

    /// Closes the reactor's end and reports the end of the stream to the process.
    private func lost() {
        self.close()
        self.process.writerEnded(self.number)
    }
}
