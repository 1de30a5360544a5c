// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

extension MemoryReactor: ReactorIO {
    /// Calls `body` in each turn in which `descriptor` can be read from; see ``ReactorIO``.
    public func addReader(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch
    {
        self.watch(descriptor, reading: true, body)
    }

    /// Calls `body` in each turn in which `descriptor` takes data; see ``ReactorIO``.
    public func addWriter(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch
    {
        self.watch(descriptor, reading: false, body)
    }

    /// Removes every watch.
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
        require(
            descriptor >= 0,
            "Descriptor \(descriptor) is not open: a watch needs one that is."
        )
        let watch = MemoryWatch(self, descriptor, reading: reading, body)
        self.watches.append(watch)
        return watch
    }

    // MARK: - Descriptors that are only numbers

    /// Makes a pipe of 64 KiB; the numbers mean something to this reactor only.
    public func makePipe() -> (readEnd: Int32, writeEnd: Int32) {
        let pipe = MemoryPipe(readEnd: self.nextDescriptor, writeEnd: self.nextDescriptor + 1)
        self.nextDescriptor += 2
        self.pipes[pipe.readEnd] = pipe
        self.pipes[pipe.writeEnd] = pipe
        return (pipe.readEnd, pipe.writeEnd)
    }

    /// Writes what fits into a pipe and says how much that was; nothing if nobody can read it any
    /// more.
    @discardableResult
    public func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        guard let pipe = self.pipes[descriptor], pipe.writeEnd == descriptor, !pipe.isReadEndClosed
        else { return 0 }
        let taken = bytes.prefix(MemoryPipe.capacity - pipe.bytes.count)
        pipe.bytes += taken
        return taken.count
    }

    /// Reads up to `count` bytes; none: nothing is there, or the end.
    public func read(_ count: Int, from descriptor: Int32) -> [UInt8] {
        guard let pipe = self.pipes[descriptor], pipe.readEnd == descriptor else { return [] }
        defer { pipe.bytes.removeFirst(min(count, pipe.bytes.count)) }
        return Array(pipe.bytes.prefix(count))
    }

    /// Closes one end of a pipe.
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

    var isReady: Bool {
        self.isActive
            && self.reactor?.pipes[self.descriptor]?.isReady(
                self.descriptor,
                reading: self.isReading
            ) == true
    }

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

/// The bytes between the two numbers that ``MemoryReactor/makePipe()`` gave out.
final class MemoryPipe {
    var bytes: [UInt8] = []
    var isReadEndClosed = false
    var isWriteEndClosed = false
    let readEnd: Int32
    let writeEnd: Int32

    init(readEnd: Int32, writeEnd: Int32) {
        self.readEnd = readEnd
        self.writeEnd = writeEnd
    }

    /// What holds 64 KiB takes no more, as a real pipe.
    static let capacity = 64 * 1024

    func isReady(_ descriptor: Int32, reading: Bool) -> Bool {
        switch (descriptor == self.readEnd, reading) {
        case (true, true): !self.bytes.isEmpty || self.isWriteEndClosed
        case (false, false): self.bytes.count < Self.capacity || self.isReadEndClosed
        default: false
        }
    }
}
