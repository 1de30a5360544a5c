// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import TestSupport
import Testing

/// Tests terminals that have no input, on both reactors.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct `Terminals for output only` {
    @Test(arguments: ReactorKind.allCases)
    func `a child on an output terminal reads the end of its input at once`(kind: ReactorKind)
        throws
    {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            var outcome: WriteOutcome?
            child.onMade = { outcome = $0.write([1]) }
            try reactor.spawn(child, [.cat, .out("over"), .err("!")]) {
                $0.streams = .outputTerminal()
            }
            reactor.runToStop()
            #expect(child.text() == "over!")
            #expect(outcome == .refused)
            #expect(child.end?.exit == .exited(code: 0))
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `the exit of the leader sends no SIGHUP to its descendants`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            let acts: [Act] = [.child([.wait(milliseconds: 50), .out("late")]), .exit(0)]
            try reactor.spawn(child, acts) {
                $0.streams = .outputTerminal()
                $0.grouping = .session
                $0.exitPolicy = .drain(.seconds(60))
            }
            reactor.runToStop(within: .seconds(60))
            #expect(child.text() == "late")
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `the reactor can close an output terminal while the child runs`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onData = { _ in
                child.transport?.closeStdout()
                reactor.callLater(.milliseconds(20)) {
                    #expect(child.events.contains(.lost(1)))
                    try? child.transport?.signalProcess(.kill)
                }
            }
            try reactor.spawn(child, [.out("ready"), .pause]) { $0.streams = .outputTerminal() }
            reactor.runToStop()
            #expect(child.end?.exit == .signaled(.kill, coreDumped: false))
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `an output terminal that the child has closed does not end before the child`(
        kind: ReactorKind
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            let acts: [Act] = [
                .out("x"), .close(1), .close(2), .wait(milliseconds: 30), .exit(0),
            ]
            try reactor.spawn(child, acts) { $0.streams = .outputTerminal() }
            reactor.runToStop()
            #expect(child.story == [.made, .data(1), .lost(1), .exited(.exited(code: 0)), .ended])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a child may have further descriptors beside an output terminal`(kind: ReactorKind) throws
    {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            try reactor.spawn(child, [.out("out"), .write("more", to: 3), .exit(0)]) {
                $0.streams = .descriptors([
                    0: .null, 1: .terminal(), 2: .sameAs(1), 3: .read,
                ])
            }
            reactor.runToStop()
            #expect(child.text() == "out")
            #expect(child.text(3) == "more")
        }
    }
}

/// Tests what a real child finds on its terminal.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1)))
struct `Terminals of the kernel` {
    /// Returns the output of a child in a session of its own that performs `verbs`.
    private func output(
        of verbs: [String],
        on streams: ChildStreams,
        _ change: (inout SpawnRequest) -> Void = { _ in }
    ) throws -> String {
        try ReactorKind.libev.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            var request = SpawnRequest(testChild, verbs)
            request.streams = streams
            request.grouping = .session
            change(&request)
            try reactor.spawnProcess(child, request)
            reactor.runToStop()
            #expect(child.end?.exit == .exited(code: 0))
            return child.text()
        }
    }

    @Test func `an output terminal is a terminal on descriptors 1 and 2 only`() throws {
        #expect(try self.output(of: ["terminal"], on: .outputTerminal()) == "011\n")
    }

    @Test func `a child on an output terminal has no controlling terminal`() throws {
        let output = try self.output(of: ["open:/dev/tty", "open:/dev/tty"], on: .outputTerminal())
        #expect(output == "\(ENXIO)\n\(ENXIO)\n")
        #expect(try self.output(of: ["open:/dev/tty"], on: .terminal()) == "opened\n")
    }

    @Test func `no read from an output terminal waits for input`() throws {
        let verbs = ["read:0", "read:1", "read:2", "poll", "read:2"]
        #expect(
            try self.output(of: verbs, on: .outputTerminal())
                == "0\n-\(EBADF)\n-\(EBADF)\nreadable\n-\(EBADF)\n"
        )
    }

    @Test func `a terminal that is opened again by name has no input either`() throws {
        let output = try self.output(
            of: ["read-terminal", "read-terminal"],
            on: .outputTerminal()
        )
        // Only root can open it for reading.
        #expect(output == (getuid() == 0 ? "0\n0\n" : "-\(EBADF)\n-\(EBADF)\n"))
    }

    @Test(arguments: [ChildStreams.terminal(), .outputTerminal()])
    func `a terminal has 24 lines of 80 columns from the start`(streams: ChildStreams) throws {
        #expect(try self.output(of: ["window"], on: streams) == "24x80\n")
    }

    @Test func `the size of an output terminal can be chosen and changed`() throws {
        let settings = TerminalSettings(rows: 5, columns: 132)
        #expect(try self.output(of: ["window"], on: .outputTerminal(settings)) == "5x132\n")
        try ReactorKind.libev.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { $0.resizeTerminal(rows: 7, columns: 9) }
            var request = SpawnRequest(testChild, ["read:0", "wait:50", "window"])
            request.streams = .outputTerminal()
            try reactor.spawnProcess(child, request)
            reactor.runToStop()
            #expect(child.text().hasSuffix("7x9\n"))
        }
    }

    @Test func `an output terminal translates newlines only on request`() throws {
        #expect(try self.output(of: ["out:a\nb\n"], on: .outputTerminal()) == "a\nb\n")
        let settings = TerminalSettings(translatesNewlines: true)
        #expect(try self.output(of: ["out:a\nb\n"], on: .outputTerminal(settings)) == "a\r\nb\r\n")
    }

    @Test func `each terminal of a child is a stream of its own`() throws {
        try ReactorKind.libev.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            var request = SpawnRequest(testChild, ["out:one", "err:two", "terminal"])
            request.streams = .descriptors([1: .terminal(), 2: .terminal()])
            try reactor.spawnProcess(child, request)
            reactor.runToStop()
            #expect(child.text() == "one011\n")
            #expect(child.text(2) == "two")
        }
    }
}
