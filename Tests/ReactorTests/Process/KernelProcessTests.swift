// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Reactor

/// Children as only a kernel has them.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1))) struct KernelProcessTests {
    @Test func `a terminal that nobody has open leaves no call behind when its child is given up`()
        throws
    {
        try ReactorKind.libev.withReactor { reactor in
            let child = RecordingProtocol()
            var transport: (any ProcessTransport)? = try reactor.spawn(
                child,
                [.out("x"), .close(0), .close(1), .close(2), .pause]
            ) { $0.streams = .terminal() }
            reactor.turn(until: { child.text() == "x" })
            // The hang-up is seen, and the next look waits.
            Self.pass(.milliseconds(30), on: reactor)
            transport?.giveUp()
            reactor.turn(until: { child.end != nil })
            try transport?.signalProcess(.kill)
            reactor.turn(until: { transport?.exit != nil })
            transport = nil
            Self.pass(.milliseconds(250), on: reactor)
            #expect(child.story.last == .ended)
        }
    }

    @Test func `a transport may be used when its reactor has gone`() throws {
        let child = RecordingProtocol()
        let transport = try ReactorKind.libev.withReactor { reactor in
            let transport = try reactor.spawn(child, [.exit(0)])
            reactor.turn(until: { child.end != nil })
            return transport
        }
        transport.loseConnection()
        transport.closeChildDescriptor(1)
        transport.giveUp()
        transport.pauseProducing()
        transport.resumeProducing()
        transport.resizeTerminal(rows: 1, columns: 1)
        #expect(transport.write([1]) == .refused)
        #expect(throws: ProcessExitedAlready.self) { try transport.signalProcess(.kill) }
    }

    @Test(arguments: [
        (ChildEnvironment.inherit, "(unset) yes"),
        (.inheriting(changes: ["ADDED": "more"]), "more yes"),
        (.inheriting(changes: ["ADDED": "more", "REACTOR_TEST": nil]), "more (unset)"),
        (.exactly(["ADDED": ""]), " (unset)"),
        (.exactly([:]), "(unset) (unset)"),
    ])
    func `a child has the variables that were asked for`(
        environment: ChildEnvironment,
        expected: String
    ) throws {
        setenv("REACTOR_TEST", "yes", 1)
        defer { unsetenv("REACTOR_TEST") }
        try ReactorKind.libev.withReactor { reactor in
            let child = RecordingProtocol()
            var request = SpawnRequest(
                testChild,
                ["environment:ADDED", "environment:REACTOR_TEST"]
            )
            request.environment = environment
            try reactor.spawnProcess(child, request)
            reactor.turn(until: { child.end != nil })
            #expect(child.text() == expected.replacing(" ", with: "\n") + "\n")
        }
    }

    @Test func `a child has its arguments, its folder and a name of its own`() throws {
        try ReactorKind.libev.withReactor { reactor in
            let child = RecordingProtocol()
            var request = SpawnRequest("sh", ["-c", "echo $0; echo \"$1\"; pwd", "zero", "ä  b"])
            request.argumentZero = "a shell of another name"
            request.workingDirectory = "/proc"
            try reactor.spawnProcess(child, request)
            reactor.turn(until: { child.end != nil })
            #expect(child.text() == "zero\nä  b\n/proc\n")
        }
    }

    @Test func `the pipe of a child that is always waiting for us is enlarged`() throws {
        try ReactorKind.libev.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            var sizes: [Int32] = []
            var file: Int32?
            child.onData = { _ in if let file { sizes.append(fcntl(file, 1032)) } }  // F_GETPIPE_SZ
            // A block fills an empty pipe in one step, so each of the first reads finds it full.
            let request = SpawnRequest(testChild, ["flood:\(20 * 65536)"])
            let process = try reactor.spawnProcess(child, request) as? LibevProcess
            file = process?.readers.first { $0.number == 1 }?.file
            reactor.runToStop()
            #expect(sizes.prefix(8) == [65536, 65536, 65536, 65536, 65536, 65536, 65536, 262144])
            #expect(sizes.allSatisfy { $0 == 262144 || $0 == 65536 })
            #expect(child.output[1]?.count == 20 * 65536)
        }
    }

    private static func pass(_ time: Duration, on reactor: any ContractReactor) {
        var isOver = false
        reactor.callLater(time) { isOver = true }
        reactor.turn(until: { isOver })
    }
}
