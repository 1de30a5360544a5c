// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Reactor

/// Tests children in situations that only a real kernel can produce.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1))) struct `Processes of the kernel`
{
    @Test func `giving up a child cancels the poll of a terminal that nobody has open`()
        throws
    {
        try ReactorKind.libev.withReactor { reactor in
            let child = RecordingProtocol()
            var transport: (any ProcessTransport)? = try reactor.spawn(
                child,
                [.out("x"), .close(0), .close(1), .close(2), .pause]
            ) { $0.streams = .terminal() }
            reactor.turn(until: { child.text() == "x" })
            // By now the reader has seen the hang-up and scheduled its next poll.
            Self.wait(.milliseconds(30), on: reactor)
            transport?.giveUp()
            reactor.turn(until: { child.end != nil })
            try transport?.signalProcess(.kill)
            reactor.turn(until: { transport?.exit != nil })
            transport = nil
            Self.wait(.milliseconds(250), on: reactor)
            #expect(child.story.last == .ended)
        }
    }

    @Test func `a transport may be used after its reactor was destroyed`() throws {
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
    func `a child gets the environment variables of its request`(
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

    @Test func `a child gets its arguments, its working directory and its own argv[0]`() throws {
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

    @Test func `an argument that is too long is explained`() throws {
        try ReactorKind.libev.withReactor { reactor in
            let request = SpawnRequest("true", [String(repeating: "a", count: 200_000)])
            let error = #expect(throws: SpawnError.self) {
                try reactor.spawnProcess(ProcessProtocol(), request)
            }
            let text = try #require(error).description
            #expect(text.hasPrefix("Cannot execute true with these arguments, which are too long"))
        }
    }

    @Test func `the pipe of a child that fills it at each read is enlarged`() throws {
        try ReactorKind.libev.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            var sizes: [Int32] = []
            var file: Int32?
            child.onData = { _ in if let file { sizes.append(fcntl(file, 1032)) } }  // F_GETPIPE_SZ
            // The child writes blocks that fill an empty pipe in one step, so that each of the
            // first reads finds it full.
            let request = SpawnRequest(testChild, ["flood:\(20 * 65536)"])
            let process = try reactor.spawnProcess(child, request) as? LibevProcess
            file = process?.readers.first { $0.number == 1 }?.file
            reactor.runToStop()
            #expect(sizes.prefix(8) == [65536, 65536, 65536, 65536, 65536, 65536, 65536, 262144])
            #expect(sizes.allSatisfy { $0 == 262144 || $0 == 65536 })
            #expect(child.output[1]?.count == 20 * 65536)
        }
    }

    /// Runs turns until `time` has passed.
    private static func wait(_ time: Duration, on reactor: any ContractReactor) {
        var isOver = false
        reactor.callLater(time) { isOver = true }
        reactor.turn(until: { isOver })
    }
}

/// Tests the behavior on kernels before Linux 6.9.
///
/// There a group can be signaled only by its number, so the reactor reaps a leader that has exited
/// only once the group is no longer needed.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1))) struct `Old kernels` {
    /// Starts a child in the way that `spawnProcess` does on such a kernel.
    private func spawn(
        _ child: RecordingProtocol,
        _ acts: [Act],
        on reactor: LibevReactor
    ) throws -> (process: LibevProcess, leader: Int32) {
        var request = reactor.request(acts)
        request.exitPolicy = .drain(.seconds(60))
        let process = try reactor.start(child, request, reapsAtOnce: false)
        return (process, try #require(process.pid))
    }

    @Test func `a child that has exited stays a zombie until its group is empty`()
        throws
    {
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        let child = RecordingProtocol()
        let (process, leader) = try self.spawn(child, [.child([.pause]), .exit(3)], on: reactor)
        reactor.turn(until: { process.hasExited })
        #expect(waitsForReaping(leader))
        try process.signalProcess(.kill, to: .group)
        reactor.turn(until: { child.end != nil })
        #expect(child.end?.exit == .exited(code: 3))
        #expect(!waitsForReaping(leader))
    }

    @Test(arguments: [false, true])
    func `the shutdown of the reactor reaps a child that has exited`(
        givenUp: Bool
    ) throws {
        let reactor = LibevReactor()
        let child = RecordingProtocol()
        let (process, leader) = try self.spawn(child, [.child([.pause]), .exit(3)], on: reactor)
        defer { kill(-leader, SIGKILL) }
        reactor.turn(until: { process.hasExited })
        #expect(child.end == nil)
        if givenUp { process.giveUp() }
        reactor.shutDown()
        #expect(!waitsForReaping(leader))
    }
}

/// Returns whether the child has exited and has not been reaped.
private func waitsForReaping(_ pid: Int32) -> Bool {
    var information = siginfo_t()
    return waitid(P_PID, UInt32(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0
}
