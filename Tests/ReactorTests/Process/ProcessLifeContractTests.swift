// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Tests the life of a process from its spawn to its end, on both reactors.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct `Life of a process` {
    // Like Twisted's test_process.test_processTransportInterface. Unlike in Twisted (its issue
    // 5287), no method of the protocol is called inside the spawn.
    @Test(arguments: ProcessKind.allCases)
    func `a spawn returns the transport, and calls no method of the protocol`(
        kind: ProcessKind
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            let transport = try reactor.spawn(child, [.exit(0)])
            #expect(transport.pid != nil)
            #expect(transport.exit == nil)
            #expect(child.events == [])
            #expect(child.transport == nil)
            reactor.runToStop()
            #expect(child.events.first == .made)
        }
    }

    // The child has exited before the first turn of the loop.
    @Test(arguments: ProcessKind.allCases)
    func `connectionMade comes first even if the child has already exited`(kind: ProcessKind) throws
    {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { transport in #expect(child.transport === transport) }
            try reactor.spawn(child, [.out("early"), .exit(3)])
            if kind.isReal { waitForAnyChildToExit() }
            reactor.runToStop()
            #expect(child.story.first == .made)
            #expect(child.text() == "early")
            #expect(child.end?.exit == .exited(code: 3))
        }
    }

    // Like Twisted's test_process.test_spawnProcessEarlyIsReaped.
    @Test(arguments: ProcessKind.allCases)
    func `a child may be started before the reactor runs`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            try reactor.spawn(child, [.out("x")])
            reactor.callWhenRunning { #expect(child.events == []) }
            reactor.runToStop()
            #expect(child.end?.exit == .exited(code: 0))
        }
    }

    // Like Twisted's test_process.test_process and test_processEnded.
    @Test(arguments: ProcessKind.allCases)
    func `the data of each stream comes before its end, and processEnded is the last call`(
        kind: ProcessKind
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            try reactor.spawn(
                child,
                [.out("one"), .err("two"), .wait(milliseconds: 5), .out("three"), .exit(23)]
            )
            reactor.runToStop()
            #expect(child.text(1) == "onethree")
            #expect(child.text(2) == "two")
            #expect(child.story.first == .made)
            #expect(child.story.last == .ended)
            for number in [0, 1, 2] as [Int32] {
                #expect(child.events.count { $0 == .lost(number) } == 1)
            }
            for number in [1, 2] as [Int32] {
                let lost = child.events.firstIndex(of: .lost(number))
                let data = child.events.lastIndex(of: .data(number))
                #expect(try #require(data) < #require(lost))
            }
            #expect(child.events.count { $0 == .exited(.exited(code: 23)) } == 1)
        }
    }

    // Like Twisted's test_process.test_normalTermination and test_abnormalTermination.
    @Test(arguments: ProcessKind.allCases, [0, 1, 127, 255] as [Int32])
    func `the end of a process contains its exit code`(kind: ProcessKind, code: Int32) throws {
        try kind.withReactor { reactor in
            for usesTerminal in [false, true] {
                let child = RecordingProtocol()
                let transport = try reactor.spawn(child, [.exit(code)]) { request in
                    if usesTerminal { request.streams = .terminal() }
                }
                reactor.turn(until: { child.end != nil })
                #expect(child.end?.exit == .exited(code: code))
                #expect(transport.exit == .exited(code: code))
                #expect(child.end?.exit.isSuccess == (code == 0))
                #expect(child.end?.exit.signal == nil)
            }
        }
    }

    // Like Twisted's test_process.test_signalHUP and its siblings,
    // and test_processExitedWithSignal.
    @Test(
        arguments: ProcessKind.allCases,
        [Signal.hangup, .interrupt, .kill, .terminate, .user1]
    )
    func `the end of a process contains the signal that it died from`(
        kind: ProcessKind,
        signal: Signal
    ) throws {
        try kind.withReactor { reactor in
            for usesTerminal in [false, true] {
                let child = RecordingProtocol()
                child.onData = { _ in try? child.transport?.signalProcess(signal) }
                try reactor.spawn(child, [.out("ready"), .pause]) { request in
                    if usesTerminal { request.streams = .terminal() }
                }
                reactor.turn(until: { child.end != nil })
                #expect(child.end?.exit == .signaled(signal, coreDumped: false))
                #expect(child.end?.exit.code == nil)
            }
        }
    }

    // Like Twisted's test_process.test_unsetPid and test_killExited.
    @Test(arguments: ProcessKind.allCases)
    func `a child that has ended has no process ID and cannot be signaled`(kind: ProcessKind)
        throws
    {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            var inside: [Int32?] = []
            child.onExited = { _ in inside.append(child.transport?.pid) }
            let transport = try reactor.spawn(child, [.exit(0)])
            reactor.runToStop()
            #expect(inside == [nil])
            #expect(transport.pid == nil)
            for target in [SignalTarget.leader, .group] {
                #expect(throws: ProcessExitedAlready.self) {
                    try transport.signalProcess(.terminate, to: target)
                }
            }
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `signal 0 tests whether the child exists`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            let probe = Signal(rawValue: 0)
            child.onData = { _ in
                #expect(throws: Never.self) { try child.transport?.signalProcess(probe) }
                #expect(throws: Never.self) {
                    try child.transport?.signalProcess(probe, to: .group)
                }
                try? child.transport?.signalProcess(.kill)
            }
            let transport = try reactor.spawn(child, [.out("ready"), .pause])
            reactor.runToStop()
            #expect(throws: ProcessExitedAlready.self) { try transport.signalProcess(probe) }
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `a signal that the child ignores has no effect`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onData = { _ in
                try? child.transport?.signalProcess(.terminate)
                try? child.transport?.signalProcess(.kill)
            }
            try reactor.spawn(child, [.ignore(.terminate), .out("ready"), .pause])
            reactor.runToStop()
            #expect(child.end?.exit == .signaled(.kill, coreDumped: false))
        }
    }

    // Like Twisted's test_process.test_childConnectionLost.
    @Test(arguments: ProcessKind.allCases)
    func `childConnectionLost is called when the child closes a stream`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            try reactor.spawn(
                child,
                [
                    .out("a"), .close(1), .wait(milliseconds: 30), .err("b"), .close(2),
                    .wait(milliseconds: 30), .close(0), .wait(milliseconds: 30), .exit(0),
                ]
            )
            reactor.runToStop()
            #expect(
                child.story == [
                    .made, .data(1), .lost(1), .data(2), .lost(2), .lost(0),
                    .exited(.exited(code: 0)), .ended,
                ]
            )
        }
    }

    // Like Twisted's test_process.test_linger: the child closes all pipes long before it exits.
    @Test(arguments: ProcessKind.allCases, [ExitPolicy.leader, .allWritersClosed])
    func `a child that has closed all its streams ends when it exits`(
        kind: ProcessKind,
        policy: ExitPolicy
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            try reactor.spawn(
                child,
                [.close(0), .close(1), .close(2), .wait(milliseconds: 30), .exit(7)]
            ) { $0.exitPolicy = policy }
            reactor.runToStop()
            #expect(child.end?.exit == .exited(code: 7))
            #expect(child.end?.cutStreams == [])
        }
    }

    @Test(
        arguments: ProcessKind.allCases,
        [ExitPolicy.leader, .allWritersClosed, .drain(.seconds(9))]
    )
    func `a child without streams ends when it exits`(
        kind: ProcessKind,
        policy: ExitPolicy
    ) throws {
        try kind.withReactor { reactor in
            let before = reactor.now
            let child = RecordingProtocol(stopping: reactor)
            try reactor.spawn(child, [.exit(7)]) { request in
                request.streams = .descriptors([:])
                request.exitPolicy = policy
            }
            reactor.runToStop()
            #expect(child.story == [.made, .exited(.exited(code: 7)), .ended])
            #expect(reactor.now - before < .seconds(8))
        }
    }

    // Like Twisted's test_process.test_kill with two processes, and test_manyProcesses.
    @Test(arguments: ProcessKind.allCases)
    func `many children run and end independently of each other`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let children = (0..<30).map { _ in RecordingProtocol() }
            for (number, child) in children.enumerated() {
                try reactor.spawn(child, [.out("\(number)"), .exit(Int32(number))])
            }
            reactor.turn(until: { children.allSatisfy { $0.end != nil } })
            #expect(children.map { $0.text() } == (0..<30).map(String.init))
            #expect(children.map(\.end?.exit.code) == (0..<30).map { $0 as Int32? })
        }
    }

    // Twisted's procmon starts the next process from processEnded.
    @Test(arguments: ProcessKind.allCases)
    func `a child may be started from any method of another child's protocol`(kind: ProcessKind) {
        kind.withReactor { reactor in
            var started: [RecordingProtocol] = []
            func startNext() {
                let child = RecordingProtocol()
                started.append(child)
                let number = started.count
                child.onMade = { _ in if number == 1 { startNext() } }
                child.onExited = { _ in if number == 2 { startNext() } }
                child.onEnded = { _ in if number == 3 { startNext() } }
                #expect(throws: Never.self) { try reactor.spawn(child, [.out("x"), .exit(0)]) }
            }
            startNext()
            reactor.turn(until: { started.count == 4 && started.allSatisfy { $0.end != nil } })
            #expect(started.allSatisfy { $0.text() == "x" })
            // Break the retain cycle: the protocols retain closures that retain this array.
            started = []
        }
    }

    // Like Twisted's test_process.test_process_unregistered_before_protocol_ended_callback.
    @Test(arguments: ProcessKind.allCases)
    func `a process that has ended does not retain its protocol`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            weak var seen: RecordingProtocol?
            var hadTransport: Bool?
            do {
                let child = RecordingProtocol(stopping: reactor)
                seen = child
                child.onEnded = { [weak child] _ in
                    hadTransport = child?.transport != nil
                    reactor.stop()
                }
                try reactor.spawn(child, [.exit(0)])
            }
            #expect(seen != nil)
            reactor.runToStop()
            #expect(hadTransport == true)
            #expect(seen == nil)
        }
    }
}
