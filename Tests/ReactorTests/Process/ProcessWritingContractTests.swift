// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Writing to children and closing their streams, on both reactors; numbers are those of twisted.md
/// §8.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct ProcessWritingContractTests {
    // 107, test_process: test_write, test_writeSequence. 132: test_stdio.
    @Test(arguments: ProcessKind.allCases)
    func `what is written comes to the child in order, and its input ends when it is closed`(
        kind: ProcessKind
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { transport in
                #expect(transport.write(Array("one ".utf8)) == .accepted)
                #expect(transport.write([]) == .accepted)
                #expect(transport.write(Array("two ".utf8), to: 0) == .accepted)
                transport.write(Array("three".utf8))
                transport.closeStdin()
            }
            try reactor.spawn(child, [.cat, .out("|end"), .exit(0)])
            reactor.runToStop()
            #expect(child.text() == "one two three|end")
            #expect(child.events.count { $0 == .lost(0) } == 1)
        }
    }

    // Twisted: bytes written after closeStdin but before the flush are sent. Departure: they are
    // refused.
    @Test(arguments: ProcessKind.allCases)
    func `what waits still goes out after the close, and nothing is taken any more`(
        kind: ProcessKind
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { transport in
                transport.write(Array("before".utf8))
                transport.closeStdin()
                transport.closeStdin()
                reactor.callLater(.milliseconds(20)) {
                    #expect(transport.write(Array("after".utf8)) == .refused)
                }
            }
            try reactor.spawn(child, [.cat, .wait(milliseconds: 50), .exit(0)])
            reactor.runToStop()
            #expect(child.text() == "before")
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `what is written before the child is connected is not lost`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            let transport = try reactor.spawn(child, [.cat, .exit(0)])
            #expect(transport.write(Array("early".utf8)) == .accepted)
            transport.closeStdin()
            reactor.runToStop()
            #expect(child.text() == "early")
            #expect(child.story.first == .made)
        }
    }

    // 108, test_writeToChildBadFileDescriptor. Departure: an outcome, not a KeyError.
    @Test(arguments: ProcessKind.allCases)
    func `a descriptor that we do not write is refused`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            var outcomes: [WriteOutcome] = []
            child.onMade = { transport in
                outcomes = [1, 2, 7, -1].map { transport.write([1], to: $0) }
                transport.closeChildDescriptor(7)
            }
            try reactor.spawn(child, [.exit(0)])
            reactor.runToStop()
            #expect(outcomes == [.refused, .refused, .refused, .refused])
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `a child that has ended takes nothing`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            let transport = try reactor.spawn(child, [.exit(0)])
            reactor.runToStop()
            #expect(transport.write([1]) == .refused)
            transport.closeStdin()
            transport.loseConnection()
            transport.pauseProducing()
            transport.resumeProducing()
            transport.resizeTerminal(rows: 1, columns: 1)
            transport.giveUp()
            #expect(child.events.last == .ended)
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `the limit is kept, all or nothing, and back-pressure told`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            var outcomes: [WriteOutcome] = []
            child.onMade = { transport in
                outcomes.append(transport.write([UInt8](repeating: 0, count: 1_001)))
                outcomes.append(transport.write([UInt8](repeating: 1, count: 500)))
                outcomes.append(transport.write([UInt8](repeating: 2, count: 1)))
                outcomes.append(transport.write([UInt8](repeating: 3, count: 500)))
                outcomes.append(transport.write([UInt8](repeating: 4, count: 499)))
                outcomes.append(transport.write([5]))
            }
            child.onEmptied = { number in
                #expect(number == 0)
                outcomes.append(child.transport?.write([6]) ?? .refused)
                child.onEmptied = { _ in child.transport?.closeStdin() }
            }
            try reactor.spawn(child, [.cat]) { $0.writeLimit = 1_000 }
            reactor.turn(until: { child.end != nil })
            #expect(
                outcomes == [
                    .refused, .accepted, .acceptedButFull, .refused, .acceptedButFull, .refused,
                    .accepted,
                ]
            )
            #expect(child.output[1]?.count == 1_001)
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `an empty buffer is told once, however many writes filled it`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { transport in for _ in 0..<5 { transport.write([1]) } }
            child.onEmptied = { _ in child.transport?.closeStdin() }
            try reactor.spawn(child, [.cat])
            reactor.runToStop()
            #expect(child.events.count { $0 == .emptied(0) } == 1)
        }
    }

    // 154, ClosingPipes test_stdout: the child's writes fail then.
    @Test(arguments: ProcessKind.allCases)
    func `a stream that we close is told in a later turn, once`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onData = { number in
                guard number == 2, child.text(2) == "ready" else { return }
                child.transport?.closeStdout()
                child.transport?.closeStdout()
                #expect(!child.events.contains(.lost(1)))
                reactor.callLater(.milliseconds(30)) {
                    #expect(child.events.contains(.lost(1)))
                    child.transport?.closeStdin()
                }
            }
            try reactor.spawn(child, [.err("ready"), .cat, .err("done")])
            reactor.runToStop()
            #expect(child.events.count { $0 == .lost(1) } == 1)
            #expect(child.text(2) == "readydone")
        }
    }

    // Issue 2, 10635: loseConnection closes all streams, not only 0 to 2.
    @Test(arguments: ProcessKind.allCases)
    func `losing the connection closes every stream and lets the child live`(
        kind: ProcessKind
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onData = { _ in
                child.transport?.loseConnection()
                reactor.callLater(.milliseconds(30)) {
                    #expect(child.events.count { $0.isLost } == 5)
                    #expect(child.transport?.pid != nil)
                    try? child.transport?.signalProcess(.terminate)
                }
            }
            try reactor.spawn(child, [.out("ready"), .pause]) { request in
                request.streams = .descriptors([
                    0: .write, 1: .read, 2: .read, 3: .write, 4: .read,
                ])
            }
            reactor.runToStop()
            #expect(child.end?.exit == .signaled(.terminate, coreDumped: false))
            #expect(child.end?.cutStreams == [])
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `a terminal is one thing, whose parts are not closed`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onData = { _ in
                if child.text() == "ready" {
                    for number in [0, 1, 2] as [Int32] {
                        child.transport?.closeChildDescriptor(number)
                    }
                    reactor.callLater(.milliseconds(20)) {
                        #expect(!child.events.contains { $0.isLost })
                        try? child.transport?.signalProcess(.kill)
                    }
                }
            }
            try reactor.spawn(child, [.out("ready"), .pause]) { $0.streams = .terminal() }
            reactor.runToStop()
            #expect(child.story == [.made, .data(1), .lost(1), .exited(.killed), .ended])
        }
    }

    // proc.PTYProcess: loseConnection closes the master, and the session gets SIGHUP.
    @Test(arguments: ProcessKind.allCases)
    func `a child that loses its terminal gets SIGHUP`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onData = { _ in child.transport?.loseConnection() }
            try reactor.spawn(child, [.out("ready"), .pause]) { $0.streams = .terminal() }
            reactor.runToStop()
            #expect(child.end?.exit == .signaled(.hangup, coreDumped: false))
        }
    }
}

extension RecordingProtocol.Event {
    fileprivate var isLost: Bool { if case .lost = self { true } else { false } }
}

extension ProcessExit {
    fileprivate static let killed = ProcessExit.signaled(.kill, coreDumped: false)
}
