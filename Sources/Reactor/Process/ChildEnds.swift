// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// The two sides of each of a child's streams, opened for a request before the child is made.
struct ChildEnds {
    /// Which of our descriptors becomes which of the child's.
    struct Handed {
        var source: Int32
        var target: Int32
    }

    /// A stream that we keep our end of.
    struct Kept {
        enum Kind { case reads, writes, terminal }
        var kind: Kind
        /// The child's number for it.
        var number: Int32
        /// Our end; owned by `ours`.
        var descriptor: Int32
    }

    private(set) var handed: [Handed] = []
    private(set) var kept: [Kept] = []
    /// Our ends, until somebody takes them.
    let ours = DescriptorSet()
    /// The child's ends, which we close as soon as the child has them.
    let theirs = DescriptorSet()

    init(_ streams: ChildStreams) throws(SpawnError) {
        switch streams {
        case .pipes: try self.open([0: .write, 1: .read, 2: .read])
        case .descriptors(let map): try self.open(map)
        case .terminal(let settings): try self.openTerminal(settings)
        }
    }

    private mutating func open(_ map: [Int32: ChildDescriptor]) throws(SpawnError) {
        var sources: [Int32: Int32] = [:]
        // In the order of their numbers, so that equal requests open equal things; copies come
        // last.
        for (number, kind) in map.sorted(by: { $0.key < $1.key }) {
            guard number >= 0 else {
                throw .invalid("descriptor \(number): a descriptor's number is not negative")
            }
            sources[number] = try self.openSource(number, kind)
        }
        for (number, kind) in map.sorted(by: { $0.key < $1.key }) {
            guard case .sameAs(let other) = kind else { continue }
            guard let source = sources[other] else {
                throw .invalid(
                    "descriptor \(number) as \(other): the child has no descriptor \(other) of its own"
                )
            }
            sources[number] = source
        }
        self.handed = sources.map { Handed(source: $0.value, target: $0.key) }
    }

    /// The source of one descriptor of the child; nil for a copy of another.
    private mutating func openSource(_ number: Int32, _ kind: ChildDescriptor) throws(SpawnError)
        -> Int32?
    {
        do {
            switch kind {
            case .inherit(let descriptor): return descriptor
            case .sameAs: return nil
            case .null:
                let null = try Syscalls.open("/dev/null", O_RDWR)
                self.theirs.add(null)
                return null
            case .read:
                let ends = try Syscalls.pipe()
                self.keep(.reads, number, ours: ends.read, theirs: ends.write)
                return ends.write
            case .write:
                let ends = try Syscalls.pipe()
                self.keep(.writes, number, ours: ends.write, theirs: ends.read)
                return ends.read
            }
        } catch {
            throw SpawnError(
                code: .descriptors,
                errno: error.errno,
                step: "open the child's",
                subject: "descriptor \(number)"
            )
        }
    }

    private mutating func keep(_ kind: Kept.Kind, _ number: Int32, ours: Int32, theirs: Int32) {
        self.ours.add(ours)
        self.theirs.add(theirs)
        Syscalls.setNonBlocking(ours)
        self.kept.append(Kept(kind: kind, number: number, descriptor: ours))
    }

    private mutating func openTerminal(_ settings: TerminalSettings) throws(SpawnError) {
        var primary: Int32 = -1
        var secondary: Int32 = -1
        let code = cspawn_open_terminal(
            &primary,
            &secondary,
            Int32(settings.rows),
            Int32(settings.columns),
            settings.echoes ? 1 : 0,
            settings.translatesNewlines ? 1 : 0
        )
        guard code == 0 else {
            throw SpawnError(
                code: .terminal,
                errno: -code,
                step: "open",
                subject: "a pseudo-terminal"
            )
        }
        self.ours.add(primary)
        self.theirs.add(secondary)
        self.kept = [Kept(kind: .terminal, number: 1, descriptor: primary)]
        self.handed = (0...2).map { Handed(source: secondary, target: $0) }
    }
}
