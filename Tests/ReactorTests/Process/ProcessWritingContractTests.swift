// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Tests writing to children and closing their streams, on both reactors.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct `Input of a process` {
    // Like Twisted's test_process.test_write, test_writeSequence and test_stdio.
    @Test(arguments: ProcessKind.allCases)
    func `the child reads all written bytes in order, and then the end of its input`(
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

    // Twisted still sends bytes that are written after closeStdin but before the flush.
    @Test(arguments: ProcessKind.allCases)
    func `after the close queued bytes are still written, and new ones are refused`(
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
    func `bytes written before the protocol is connected are not lost`(kind: ProcessKind) throws {
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

    // In Twisted's test_process.test_writeToChildBadFileDescriptor this raises a KeyError.
    @Test(arguments: ProcessKind.allCases)
    func `a write to a descriptor that is not for writing is refused`(kind: ProcessKind) throws {
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
    func `a write to a child that has ended is refused`(kind: ProcessKind) throws {
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
    func `a write over the limit is refused as a whole, and a half-full queue is reported`(
        kind: ProcessKind
    ) throws {
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
    func `childWriteBufferEmptied is called once for several writes`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { transport in for _ in 0..<5 { transport.write([1]) } }
            child.onEmptied = { _ in child.transport?.closeStdin() }
            try reactor.spawn(child, [.cat])
            reactor.runToStop()
            #expect(child.events.count { $0 == .emptied(0) } == 1)
        }
    }

    // Like Twisted's test_process.ClosingPipes.test_stdout.
    @Test(arguments: ProcessKind.allCases)
    func `closing a stream calls childConnectionLost once, in a later turn`(kind: ProcessKind)
        throws
    {
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

    // In Twisted (issue 10635) loseConnection closes only the descriptors 0 to 2.
    @Test(arguments: ProcessKind.allCases)
    func `loseConnection closes every stream and does not end the child`(
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
    func `closing one descriptor of a terminal has no effect`(kind: ProcessKind) throws {
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

    // As in Twisted, loseConnection closes the primary side, and the kernel sends SIGHUP.
    @Test(arguments: ProcessKind.allCases)
    func `a child whose terminal is closed gets SIGHUP`(kind: ProcessKind) throws {
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
