// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import TestSupport
import Testing

/// Tests the low descriptors that a reactor reserves for its spawns.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1))) struct `Low slots` {
    /// The size of the smallest descriptor table that a child can have.
    private static let smallest = "FDSize:\t64\n"

    @Test func `a reactor keeps five low descriptors of the null device until it shuts down`() {
        let before = DescriptorTable.open()
        let reactor = LibevReactor()
        let slots = Self.slots(since: before)
        #expect(slots.count == 5)
        #expect(slots.allSatisfy { $0 < 64 })
        #expect(slots.allSatisfy { fcntl($0, F_GETFD) == FD_CLOEXEC })
        reactor.shutDown()
        #expect(Self.slots(since: before) == [])
    }

    @Test func `no slot takes the number of a standard stream that is closed`() async {
        await #expect(processExitsWith: .success) {
            for stream in Int32(0)...2 { close(stream) }
            let reactor = LibevReactor()
            // Descriptors of libev may have these numbers.
            let taken = (0...2).filter { Self.isNull(Int32($0)) }
            reactor.shutDown()
            exit(taken.isEmpty ? 0 : 1)
        }
    }

    private static func isNull(_ descriptor: Int32) -> Bool {
        var own = stat()
        var null = stat()
        return fstat(descriptor, &own) == 0 && stat("/dev/null", &null) == 0
            && own.st_rdev == null.st_rdev
    }

    @Test(arguments: ["pipes", "terminal", "files"])
    func `the descriptor table of a child is small even if the parent has many descriptors`(
        streams: String
    ) {
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        let ballast = Ballast()
        withExtendedLifetime(ballast) {
            let table = Self.outputOfChild("status:FDSize", on: reactor) { request in
                switch streams {
                case "pipes": break
                case "terminal": request.streams = .terminal()
                default:
                    request.streams = .descriptors([
                        0: .null, 1: .read, 2: .sameAs(1), 9: .inherit(ballast.last),
                    ])
                }
            }
            #expect(table == Self.smallest)
        }
    }

    @Test func `a child gets all its descriptors even if there are more than slots`() {
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        let ballast = Ballast()
        withExtendedLifetime(ballast) {
            let child = RecordingProtocol()
            var request = SpawnRequest(testChild, (1..<9).map { "to:\($0),text \($0)" })
            request.streams = .descriptors(
                Dictionary(uniqueKeysWithValues: (1..<9).map { ($0, .read) })
            )
            #expect(throws: Never.self) { try reactor.spawnProcess(child, request) }
            reactor.turn(until: { child.end != nil })
            #expect((1..<9).map { child.text($0) } == (1..<9).map { "text \($0)" })
            #expect(child.end?.cutStreams == [])
        }
    }

    @Test func `a reactor that found no free low numbers can still spawn children`() {
        let ballast = Ballast()
        withExtendedLifetime(ballast) {
            let reactor = LibevReactor()
            defer { reactor.shutDown() }
            let table = Self.outputOfChild("status:FDSize", on: reactor)
            #expect(table.hasPrefix("FDSize:\t"))
            #expect(table != Self.smallest)
        }
    }

    // If an end of the second child's pipe stayed in a slot, the first stream could not reach
    // its end.
    @Test func `no end of a pipe stays in a slot after a spawn`() throws {
        let before = DescriptorTable.open()
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        let ballast = Ballast()
        try withExtendedLifetime(ballast) {
            let slots = Self.slots(since: before)
            let first = RecordingProtocol()
            let second = RecordingProtocol()
            try reactor.spawn(first, [.exit(0)]) { $0.exitPolicy = .allWritersClosed }
            try reactor.spawn(second, [.cat]) { $0.exitPolicy = .allWritersClosed }
            #expect(Self.slots(since: before) == slots)
            reactor.turn(until: { first.end != nil })
            #expect(second.end == nil)
            second.transport?.closeStdin()
            reactor.turn(until: { second.end != nil })
        }
    }

    @Test func `a spawn that fails leaves the slots unchanged`() {
        let before = DescriptorTable.open()
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        let ballast = Ballast()
        withExtendedLifetime(ballast) {
            let open = DescriptorTable.open()
            #expect(throws: SpawnError.self) {
                try reactor.spawnProcess(RecordingProtocol(), SpawnRequest("/nowhere/program"))
            }
            #expect(throws: SpawnError.self) {
                var request = SpawnRequest(testChild)
                request.streams = .descriptors([1: .read, 3: .inherit(100_000)])
                try reactor.spawnProcess(RecordingProtocol(), request)
            }
            #expect(
                DescriptorTable.open() == open,
                "the failed spawns changed the open descriptors"
            )
            #expect(Self.slots(since: before).count == 5)
        }
    }

    @Test func `each reactor has its own slots`() throws {
        let first = LibevReactor()
        let second = LibevReactor()
        defer { second.shutDown() }
        let ballast = Ballast()
        withExtendedLifetime(ballast) {
            #expect(Self.outputOfChild("status:FDSize", on: first) == Self.smallest)
            first.shutDown()
            #expect(Self.outputOfChild("status:FDSize", on: second) == Self.smallest)
        }
    }

    // MARK: - Helpers

    /// Returns the descriptors of the null device that are not in `before`.
    private static func slots(since before: [Int32: String]) -> [Int32] {
        DescriptorTable.open().filter { $0.value == "/dev/null" && $0.key < 300 }.keys
            .filter { before[$0] == nil }.sorted()
    }

    private static func outputOfChild(
        _ verb: String,
        on reactor: LibevReactor,
        _ change: (inout SpawnRequest) -> Void = { _ in }
    ) -> String {
        let child = RecordingProtocol()
        var request = SpawnRequest(testChild, [verb])
        change(&request)
        #expect(throws: Never.self) { try reactor.spawnProcess(child, request) }
        reactor.turn(until: { child.end != nil })
        #expect(child.end?.exit == .exited(code: 0))
        return child.text()
    }
}

/// Descriptors that occupy all free numbers below 400.
private final class Ballast {
    private var numbers: [Int32] = []

    init() {
        while self.last < 399 {
            // These are not on the null device, because the tests count descriptors of that device.
            self.numbers.append(Glibc.open("/dev/zero", O_RDWR | O_CLOEXEC))
        }
    }

    var last: Int32 { self.numbers.last ?? 0 }

    deinit {
        for number in self.numbers { close(number) }
    }
}
