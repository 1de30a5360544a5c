// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

extension MemoryReactor: ReactorIO {
    /// Calls `body` in each turn in which `descriptor` is readable;
    /// see `ReactorIO.addReader(_:_:)`.
    ///
    /// - Precondition: ``makePipe()`` has returned the descriptor, and it is open.
    public func addReader(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch
    {
        self.watch(descriptor, reading: true, body)
    }

    /// Calls `body` in each turn in which `descriptor` accepts data;
    /// see `ReactorIO.addWriter(_:_:)`.
    public func addWriter(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch
    {
        self.watch(descriptor, reading: false, body)
    }

    /// Removes all watches; see `ReactorIO.removeAllWatches()`.
    @discardableResult
    public func removeAllWatches() -> Set<Int32> {
        let removed = Set(self.watches.map(\.descriptor))
        for watch in self.watches { watch.remove() }
        return removed
    }

    private func watch(
        _ descriptor: Int32,
        reading: Bool,
        _ body: @escaping () -> Void
    ) -> any DescriptorWatch {
        self.requireReactorsThread()
        require(
            self.pipes[descriptor] != nil,
            """
            Descriptor \(descriptor) is not open; only an open descriptor can be watched, and on a \
            memory reactor only one that makePipe() has returned.
            """
        )
        let watch = MemoryWatch(self, descriptor, reading: reading, body)
        if self.isShutDown {
            watch.remove()
        } else {
            self.watches.append(watch)
        }
        return watch
    }

    // MARK: - Pipes

    /// Makes a fake pipe that exists only in this reactor.
    ///
    /// The returned numbers are not real descriptors. Use them only with ``addReader(_:_:)``,
    /// ``addWriter(_:_:)``, ``write(_:to:)``, ``read(_:from:)`` and ``close(_:)`` of this reactor.
    /// The pipe has a capacity of 64 KiB.
    ///
    ///     let (readEnd, writeEnd) = reactor.makePipe()
    ///     let watch = reactor.addReader(readEnd) { print(reactor.read(4096, from: readEnd)) }
    ///     reactor.write([1, 2, 3], to: writeEnd)
    ///     reactor.advance(by: .zero)
    public func makePipe() -> (readEnd: Int32, writeEnd: Int32) {
        let pipe = MemoryPipe(readEnd: self.nextDescriptor, writeEnd: self.nextDescriptor + 1)
        self.nextDescriptor += 2
        self.pipes[pipe.readEnd] = pipe
        self.pipes[pipe.writeEnd] = pipe
        return (pipe.readEnd, pipe.writeEnd)
    }

    /// Writes as many bytes as fit into a pipe.
    ///
    /// - Returns: The number of bytes that were written. It is 0 if the pipe is full, if its read
    ///   end is closed, or if `descriptor` is not an open write end.
    @discardableResult
    public func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        guard let pipe = self.pipes[descriptor], pipe.writeEnd == descriptor, !pipe.isReadEndClosed
        else { return 0 }
        let taken = bytes.prefix(MemoryPipe.capacity - pipe.bytes.count)
        pipe.bytes += taken
        return taken.count
    }

    /// Reads up to `count` bytes from a pipe.
    ///
    /// - Returns: The bytes. The array is empty if the pipe is empty, if the stream has ended, or
    ///   if `descriptor` is not an open read end.
    public func read(_ count: Int, from descriptor: Int32) -> [UInt8] {
        guard let pipe = self.pipes[descriptor], pipe.readEnd == descriptor else { return [] }
        defer { pipe.bytes.removeFirst(min(count, pipe.bytes.count)) }
        return Array(pipe.bytes.prefix(count))
    }

    /// Closes one end of a pipe; this has no effect if `descriptor` is not open.
    public func close(_ descriptor: Int32) {
        guard let pipe = self.pipes.removeValue(forKey: descriptor) else { return }
        if pipe.writeEnd == descriptor {
            pipe.isWriteEndClosed = true
        } else {
            pipe.isReadEndClosed = true
        }
    }
}

/// A watch on a descriptor of a memory reactor.
final class MemoryWatch: DescriptorWatch {
    let descriptor: Int32
    private let isReading: Bool
    private var isPaused = false
    /// The closure to call, or `nil` once the watch has been removed.
    private var body: (() -> Void)?
    private weak var reactor: MemoryReactor?

    init(_ reactor: MemoryReactor, _ descriptor: Int32, reading: Bool, _ body: @escaping () -> Void)
    {
        self.reactor = reactor
        self.descriptor = descriptor
        self.isReading = reading
        self.body = body
    }

    var isActive: Bool { self.body != nil && !self.isPaused }

    /// Whether the watch is active and its descriptor is ready.
    var isReady: Bool {
        self.isActive
            && self.reactor?.pipes[self.descriptor]?.isReady(
                self.descriptor,
                reading: self.isReading
            ) == true
    }

    /// Calls the closure of the watch.
    func fire() {
        if let body = self.body { body() }
    }

    func pause() { self.isPaused = true }

    func resume() { self.isPaused = false }

    func remove() {
        self.body = nil
        self.reactor?.watches.removeAll { $0 === self }
    }
}

/// A fake pipe that ``MemoryReactor/makePipe()`` has made.
final class MemoryPipe {
    /// The bytes that have been written but not read, at most ``capacity`` bytes.
    var bytes: [UInt8] = []
    var isReadEndClosed = false
    var isWriteEndClosed = false
    let readEnd: Int32
    let writeEnd: Int32

    init(readEnd: Int32, writeEnd: Int32) {
        self.readEnd = readEnd
        self.writeEnd = writeEnd
    }

    /// The capacity in bytes, which is the default of Linux (pipe(7)).
    static let capacity = 64 * 1024

    /// Returns whether one of the two ends is ready.
    ///
    /// The read end is only ready for reading, and the write end only for writing.
    func isReady(_ descriptor: Int32, reading: Bool) -> Bool {
        switch (descriptor == self.readEnd, reading) {
        case (true, true): !self.bytes.isEmpty || self.isWriteEndClosed
        case (false, false): self.bytes.count < Self.capacity || self.isReadEndClosed
        default: false
        }
    }
}
