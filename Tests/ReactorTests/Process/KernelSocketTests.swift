// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import TestSupport
import Testing

/// Tests the differences between socket pairs and pipes that a child can observe.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1))) struct `Socket pairs` {
    private func run(
        _ request: SpawnRequest,
        _ prepare: (RecordingProtocol) -> Void = { _ in }
    ) throws -> RecordingProtocol {
        var request = request
        request.streams = .socketPairs
        let child = RecordingProtocol()
        try ReactorKind.libev.withReactor { reactor in
            prepare(child)
            try reactor.spawnProcess(child, request)
            reactor.turn(until: { child.end != nil })
        }
        return child
    }

    @Test func `a child that writes to its input gets no error when the input ends`() throws {
        let verbs = ["to:0,before", "cat", "to:0,after", "out: done"]
        let child = try self.run(SpawnRequest(testChild, verbs)) { child in
            child.onMade = { transport in
                transport.write([UInt8]("in".utf8))
                transport.closeChildDescriptor(0)
            }
        }
        #expect(child.text() == "in done")
        #expect(child.end?.exit == .exited(code: 0))
        #expect(child.events.filter { $0 == .lost(0) }.count == 1)
    }

    @Test func `data that a child writes to its input does not keep the loop busy`() throws {
        let child = try self.run(SpawnRequest(testChild, ["to:0,x", "out:x", "cat"])) { child in
            child.onData = { _ in
                #expect(child.events == [.made, .data(1)])
                child.transport?.closeChildDescriptor(0)
            }
        }
        #expect(child.end?.exit == .exited(code: 0))
    }

    @Test func `a child that reads from its output gets the end of file at once`() throws {
        let child = try self.run(SpawnRequest("/bin/sh", ["-c", "cat <&1; cat <&2; echo end"]))
        #expect(child.text() == "end\n")
    }

    @Test func `a child cannot open its output by name`() throws {
        let shell = SpawnRequest("/bin/sh", ["-c", "echo x >/dev/stdout"])
        #expect(try self.run(shell).end?.exit.isSuccess == false)
    }

    @Test func `a map of descriptors may contain both sockets and pipes`() throws {
        let child = RecordingProtocol()
        var request = SpawnRequest(testChild, ["to:4,four", "to:5,five", "cat"])
        request.streams = .descriptors([0: .writeSocket, 1: .read, 4: .readSocket, 5: .sameAs(4)])
        try ReactorKind.libev.withReactor { reactor in
            child.onMade = { transport in
                transport.write([UInt8]("one".utf8))
                transport.closeChildDescriptor(0)
            }
            try reactor.spawnProcess(child, request)
            reactor.turn(until: { child.end != nil })
        }
        #expect(child.text(4) == "fourfive")
        #expect(child.text(1) == "one")
    }
}
