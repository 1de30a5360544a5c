// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// Both ends of each stream of a child while the child is being started.
///
/// The value owns the descriptors that it opens. Its deinitializer closes the child's ends, and the
/// reactor's ends that ``takeOurs(_:)`` did not hand over. The parent must close the child's ends,
/// because a stream reaches its end only after all of its writers are closed.
struct ChildEnds: ~Copyable {
    /// One descriptor of the child, with the descriptors of both ends of its stream in the parent.
    struct Stream {
        /// The number of the descriptor in the child.
        let number: Int32
        let kind: ChildDescriptor
        /// The parent's descriptor that is duplicated for the child, or -1 before it is opened.
        fileprivate(set) var source: Int32 = -1
        /// The reactor's end of the stream, or -1 if there is none or it has been handed over.
        fileprivate var ours: Int32 = -1
    }

    private(set) var streams: [Stream] = []

    /// Opens the descriptors that `streams` describes.
    init(_ streams: ChildStreams, _ slots: borrowing LowSlots) throws(SpawnError) {
        switch streams {
        case .pipes: try self.open([0: .write, 1: .read, 2: .read], slots)
        case .socketPairs:
            try self.open([0: .writeSocket, 1: .readSocket, 2: .readSocket], slots)
        case .descriptors(let map): try self.open(map, slots)
        case .terminal(let settings): try self.openTerminal(settings)
        }
    }

    deinit {
        for stream in self.streams {
            if stream.ours >= 0 { close(stream.ours) }
            if stream.ownsSource { close(stream.source) }
        }
    }

    /// Hands the reactor's end of a stream over to the caller, or returns `nil` if there is none.
    mutating func takeOurs(_ index: Int) -> Descriptor? {
        guard self.streams[index].ours >= 0 else { return nil }
        defer { self.streams[index].ours = -1 }
        return Descriptor(owning: self.streams[index].ours)
    }

    /// Calls `body` with the map from the parent's descriptors to the child's.
    ///
    /// `body` may overwrite the map, which is valid only during the call.
    func withMap<Result>(_ body: (UnsafeMutableBufferPointer<cspawn_descriptor>) -> Result)
        -> Result
    {
        withUnsafeTemporaryAllocation(of: cspawn_descriptor.self, capacity: self.streams.count) {
            map in
            for (index, stream) in self.streams.enumerated() {
                map.initializeElement(
                    at: index,
                    to: cspawn_descriptor(source: stream.source, target: stream.number)
                )
            }
            return body(map)
        }
    }

    private mutating func open(
        _ map: [Int32: ChildDescriptor],
        _ slots: borrowing LowSlots
    ) throws(SpawnError) {
        self.streams.reserveCapacity(map.count)
        for (number, kind) in map {
            guard number >= 0 else {
                throw .invalid("descriptor \(number): a descriptor must not be negative")
            }
            // The streams are sorted by number, so that equal requests open their descriptors in
            // the same order.
            let index = self.streams.firstIndex { $0.number > number }
            self.streams.insert(
                Stream(number: number, kind: kind),
                at: index ?? self.streams.endIndex
            )
        }
        // A duplicate needs the source of its original, so duplicates come second.
        for index in self.streams.indices { try self.open(index, slots) }
        for index in self.streams.indices { try self.copySource(index) }
    }

    private mutating func open(_ index: Int, _ slots: borrowing LowSlots) throws(SpawnError) {
        do {
            switch self.streams[index].kind {
            case .inherit(let descriptor): self.streams[index].source = descriptor
            case .sameAs: break
            case .null: self.streams[index].source = try slots.null
            case .terminal(let settings):
                let terminal = try Syscalls.terminal(settings, isOutputOnly: true)
                self.streams[index].ours = terminal.primary
                self.streams[index].source = terminal.secondary
            case .read:
                let pipe = try Syscalls.pipe()
                self.keep(index, ours: pipe.read, theirs: pipe.write)
            case .write:
                let pipe = try Syscalls.pipe()
                self.keep(index, ours: pipe.write, theirs: pipe.read)
            case .readSocket, .writeSocket:
                let pair = try Syscalls.socketPair()
                self.keep(index, ours: pair.0, theirs: pair.1)
                // The shutdown gives a child that reads from its output an end of file. Without the
                // shutdown that child would wait forever.
                if self.streams[index].kind.isRead { Syscalls.endWriting(pair.0) }
            }
        } catch {
            if self.streams[index].kind.isTerminal { throw .noTerminal(error) }
            throw SpawnError(
                code: .descriptors,
                errno: error.errno,
                step: "open the child's",
                subject: "descriptor \(self.streams[index].number)"
            )
        }
    }

    /// Stores both ends of a new stream, and makes the reactor's end non-blocking.
    private mutating func keep(_ index: Int, ours: Int32, theirs: Int32) {
        Syscalls.setNonBlocking(ours)
        self.streams[index].ours = ours
        self.streams[index].source = theirs
    }

    /// Gives a duplicate the same source as its original.
    private mutating func copySource(_ index: Int) throws(SpawnError) {
        guard case .sameAs(let other) = self.streams[index].kind else { return }
        guard let original = self.streams.first(where: { $0.number == other && !$0.isCopy }) else {
            throw .invalid(
                "descriptor \(self.streams[index].number) as a duplicate of \(other): "
                    + "the child has no descriptor \(other), or it is a duplicate itself"
            )
        }
        self.streams[index].source = original.source
    }

    private mutating func openTerminal(_ settings: TerminalSettings) throws(SpawnError) {
        let primary: Int32
        let secondary: Int32
        do {
            (primary, secondary) = try Syscalls.terminal(settings, isOutputOnly: false)
        } catch {
            throw .noTerminal(error)
        }
        // The three descriptors share one terminal, so all of its output counts as standard output.
        self.streams = [
            Stream(number: 0, kind: .sameAs(1), source: secondary),
            Stream(number: 1, kind: .read, source: secondary, ours: primary),
            Stream(number: 2, kind: .sameAs(1), source: secondary),
        ]
    }
}

extension ChildStreams {
    /// Opens the streams of a child and closes them again.
    ///
    /// - Throws: The error with which a spawn would fail.
    package func probe() throws(SpawnError) {
        _ = try ChildEnds(self, LowSlots())
    }
}

extension ChildEnds.Stream {
    /// Whether the descriptor is a duplicate of another descriptor of the child.
    fileprivate var isCopy: Bool {
        if case .sameAs = self.kind { true } else { false }
    }

    /// Whether the source was opened only for this child, so that the parent has to close it.
    fileprivate var ownsSource: Bool {
        switch self.kind {
        case .read, .write, .readSocket, .writeSocket, .terminal: self.source >= 0
        case .inherit, .null, .sameAs: false
        }
    }
}
