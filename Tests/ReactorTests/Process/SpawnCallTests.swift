// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CSpawn
import Glibc
import TestSupport
import Testing

/// Tests the C function that starts a child, with each of its clone methods.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1))) struct `Spawn call` {
    private static let cloneMethods = [CSPAWN_CLONE_METHOD_CLONE3, CSPAWN_CLONE_METHOD_CLONE].map(
        \.rawValue
    )
    /// The descriptor of the child to which it writes its report.
    private static let output: Int32 = 40

    @Test(arguments: cloneMethods, [true, false])
    func `a child has exactly the descriptors of its map, even if the map swaps two`(
        method: UInt32,
        hasSlots: Bool
    ) throws {
        var slots = cspawn_slots()
        try #require(cspawn_slots_reserve(&slots) == 0)
        defer { cspawn_slots_release(&slots) }
        var random = SeededGenerator(seed: 20)
        for _ in 0..<60 {
            let files = try NamelessFiles(count: 12, &random)
            let targets = (Int32(0)..<20).shuffled(using: &random)
            let count = Int.random(in: 0...12, using: &random)
            let map = (0..<count).map { index in
                // One source occurs twice.
                cspawn_descriptor(
                    source: files.numbers[index == 3 ? 2 : index],
                    target: targets[index]
                )
            }
            let seen = try Self.filesOfChild(map, hasSlots ? slots : nil, method)
            var expected: [Int32: UInt64] = [:]
            for entry in map { expected[entry.target] = files.inode(entry.source) }
            #expect(seen == expected)
            for slot in slots.all { #expect(NamelessFiles.isNull(slot)) }
        }
    }

    @Test(arguments: cloneMethods) func `a child starts with no signal ignored or blocked`(
        method: UInt32
    ) throws {
        // A reactor ignores SIGPIPE too.
        signal(SIGPIPE, SIG_IGN)
        let verbs = ["status:SigIgn", "status:SigBlk"]
        let text = try Self.outputOfChild(verbs, [], nil, method, output: 1)
        #expect(text == "SigIgn:\t0000000000000000\nSigBlk:\t0000000000000000\n")
    }

    @Test func `the default clone method on this machine is clone3`() throws {
        var result = cspawn_result()
        _ = try Self.outputOfChild(["out:x"], [], nil, 0, output: 1, &result)
        #expect(UInt32(result.clone_method) == CSPAWN_CLONE_METHOD_CLONE3.rawValue)
    }

    // MARK: - Helpers

    /// Returns the number and the inode of each descriptor that the child reports as open.
    private static func filesOfChild(
        _ map: [cspawn_descriptor],
        _ slots: cspawn_slots?,
        _ method: UInt32
    ) throws -> [Int32: UInt64] {
        let text = try self.outputOfChild(["files:\(self.output)"], map, slots, method, output: 40)
        var files: [Int32: UInt64] = [:]
        for entry in text.split(separator: " ") {
            let parts = entry.split(separator: ":")
            files[Int32(parts[0]) ?? -1] = UInt64(parts[1])
        }
        return files
    }

    private static func outputOfChild(
        _ verbs: [String],
        _ map: [cspawn_descriptor],
        _ slots: cspawn_slots?,
        _ method: UInt32,
        output: Int32
    ) throws -> String {
        var result = cspawn_result()
        return try self.outputOfChild(verbs, map, slots, method, output: output, &result)
    }

    /// Starts a child that runs `verbs`, and returns everything that it writes to `output`.
    private static func outputOfChild(
        _ verbs: [String],
        _ map: [cspawn_descriptor],
        _ slots: cspawn_slots?,
        _ method: UInt32,
        output: Int32,
        _ result: inout cspawn_result
    ) throws -> String {
        var ends: [Int32] = [-1, -1]
        try #require(cspawn_pipe(&ends) == 0)
        defer { close(ends[0]) }
        let code = self.spawn(
            verbs,
            map + [cspawn_descriptor(source: ends[1], target: output)],
            slots,
            method,
            &result
        )
        close(ends[1])
        try #require(code == 0)
        // Read until the end of the pipe, which comes only if the write end is closed here.
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 {
            text += buffer[..<count]
        }
        var exit = cspawn_exit()
        var watched = pollfd(fd: result.pidfd, events: Int16(POLLIN), revents: 0)
        try #require(poll(&watched, 1, -1) == 1)
        #expect(cspawn_wait(result.pidfd, 1, &exit) == 0)
        #expect(exit.value == 0)
        close(result.pidfd)
        return String(decoding: text, as: UTF8.self)
    }

    private static func spawn(
        _ verbs: [String],
        _ map: [cspawn_descriptor],
        _ slots: cspawn_slots?,
        _ method: UInt32,
        _ result: inout cspawn_result
    ) -> Int32 {
        var map = map
        let arguments = ([testChild] + verbs).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        let candidates = [UnsafePointer(arguments[0]), nil]
        return candidates.withUnsafeBufferPointer { candidates in
            map.withUnsafeMutableBufferPointer { map in
                withUnsafePointer(to: slots ?? cspawn_slots()) { slots in
                    var request = cspawn_request()
                    request.candidates = candidates.baseAddress
                    request.argv = arguments.withUnsafeBufferPointer(\.baseAddress)
                    request.envp = UnsafePointer(environ)
                    request.descriptors = map.baseAddress
                    request.descriptor_count = Int32(map.count)
                    request.slots = slots
                    request.terminal = -1
                    request.clone_method = Int32(method)
                    return cspawn_spawn(&request, &result)
                }
            }
        }
    }
}

/// Unlinked files at random descriptor numbers, half of which are high.
private struct NamelessFiles: ~Copyable {
    private(set) var numbers: [Int32] = []

    init(count: Int, _ random: inout SeededGenerator) throws {
        for _ in 0..<count {
            let file = try #require(tmpfile())
            defer { fclose(file) }
            let lowest =
                Bool.random(using: &random) ? 0 : Int32.random(in: 64..<900, using: &random)
            self.numbers.append(fcntl(fileno(file), F_DUPFD_CLOEXEC, lowest))
        }
    }

    deinit {
        for number in self.numbers { close(number) }
    }

    func inode(_ number: Int32) -> UInt64 { UInt64(Self.status(number).st_ino) }

    /// Returns whether a descriptor refers to the null device.
    static func isNull(_ number: Int32) -> Bool { Self.status(number).st_rdev == 0x103 }

    private static func status(_ number: Int32) -> stat {
        var status = stat()
        fstat(number, &status)
        return status
    }
}

extension cspawn_slots {
    /// The numbers of all slots.
    fileprivate var all: [Int32] {
        withUnsafeBytes(of: self.numbers) { Array($0.bindMemory(to: Int32.self)) }
    }
}
