// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Tests pausing output, giving up children, and calls from inside a protocol, on both reactors.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct `Output of a process` {
    // Like Twisted's test_process.test_pauseAndResumeProducing.
    @Test(arguments: ProcessKind.allCases, [false, true])
    func `output during a pause is delivered after the resume`(
        kind: ProcessKind,
        usesTerminal: Bool
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { transport in
                transport.pauseProducing()
                reactor.callLater(.milliseconds(60)) {
                    #expect(child.text() == "")
                    transport.resumeProducing()
                }
            }
            try reactor.spawn(child, [.out("held"), .wait(milliseconds: 120), .exit(0)]) {
                request in
                if usesTerminal { request.streams = .terminal() }
            }
            reactor.runToStop()
            #expect(child.text() == "held")
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `a pause in the middle of the output delays the rest`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onData = { _ in
                guard child.text() == "first" else { return }
                child.transport?.pauseProducing()
                reactor.callLater(.milliseconds(80)) {
                    #expect(child.text() == "first")
                    child.transport?.resumeProducing()
                }
            }
            try reactor.spawn(
                child,
                [.out("first"), .wait(milliseconds: 20), .out("second"), .wait(milliseconds: 160)]
            )
            reactor.runToStop()
            #expect(child.text() == "firstsecond")
        }
    }

    // In Twisted the data waits for a resume, which may never come.
    @Test(arguments: ProcessKind.allCases, [false, true])
    func `the exit delivers the output that a pause has delayed`(
        kind: ProcessKind,
        usesTerminal: Bool
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { $0.pauseProducing() }
            child.onExited = { _ in #expect(child.text() == "held") }
            try reactor.spawn(child, [.out("held"), .exit(0)]) { request in
                if usesTerminal { request.streams = .terminal() }
            }
            reactor.runToStop()
            #expect(child.text() == "held")
            #expect(child.end?.exit == .exited(code: 0))
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `a pause delays the end of a stream too`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { transport in
                transport.pauseProducing()
                transport.pauseProducing()
                reactor.callLater(.milliseconds(60)) {
                    #expect(child.story == [.made])
                    transport.resumeProducing()
                    transport.resumeProducing()
                }
            }
            try reactor.spawn(child, [.close(1), .close(2), .wait(milliseconds: 120), .exit(0)])
            reactor.runToStop()
            #expect(child.story.contains(.lost(1)) && child.story.contains(.lost(2)))
        }
    }

    @Test(arguments: ProcessKind.allCases, [ProcessGrouping.group, .inherit])
    func `a child that is given up counts as ended, and the reactor still reaps it later`(
        kind: ProcessKind,
        grouping: ProcessGrouping
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            child.onData = { _ in child.transport?.giveUp() }
            let transport = try reactor.spawn(child, [.ignore(.terminate), .out("ready"), .pause]) {
                $0.grouping = grouping
            }
            reactor.turn(until: { child.end != nil })
            #expect(child.end?.exit == .unknown)
            #expect(child.end?.cutStreams == [1, 2])
            let pid = try #require(transport.pid)
            #expect(child.end?.survivors.map(\.pid) == [pid])
            #expect(child.story.last == .ended)
            try transport.signalProcess(.kill)
            reactor.turn(until: { transport.exit != nil })
            #expect(transport.exit == .signaled(.kill, coreDumped: false))
            #expect(child.story.last == .ended)
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `the protocol of a child that is given up at once gets its calls in order`(
        kind: ProcessKind
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            let transport = try reactor.spawn(child, [.pause])
            transport.giveUp()
            transport.giveUp()
            #expect(child.events == [])
            reactor.turn(until: { child.end != nil })
            #expect(child.story == [.made, .lost(0), .lost(1), .lost(2), .ended])
            try transport.signalProcess(.kill)
            reactor.turn(until: { transport.exit != nil })
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `giving up a child that has exited ends the wait of its policy`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            child.onExited = { _ in child.transport?.giveUp() }
            let before = reactor.now
            let transport = try reactor.spawn(
                child,
                [.child([.wait(milliseconds: 300)]), .exit(3)]
            ) {
                $0.exitPolicy = .drain(.seconds(15))
            }
            reactor.turn(until: { child.end != nil })
            #expect(child.end?.exit == .exited(code: 3))
            #expect(reactor.now - before < .seconds(10))
            transport.giveUp()
            reactor.iterate(.zero)
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `a protocol may call any method of its transport while it receives output`(
        kind: ProcessKind
    ) throws {
        for action in ["lose", "kill", "giveUp", "pause", "close"] {
            try kind.withReactor { reactor in
                let child = RecordingProtocol()
                child.onData = { _ in
                    guard let transport = child.transport else { return }
                    switch action {
                    case "lose": transport.loseConnection()
                    case "kill": try? transport.signalProcess(.kill)
                    case "giveUp": transport.giveUp()
                    case "pause": transport.pauseProducing()
                    default: transport.closeStdout()
                    }
                    try? transport.signalProcess(.kill, to: .group)
                }
                let transport = try reactor.spawn(child, [.out("x"), .pause])
                reactor.turn(until: { child.end != nil && transport.exit != nil })
                #expect(child.story.first == .made, "\(action)")
                #expect(child.story.last == .ended, "\(action)")
            }
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `a protocol may stop the reactor in any of its methods`(kind: ProcessKind) throws {
        for hook in ["made", "data", "lost", "exited"] {
            try kind.withReactor { reactor in
                let child = RecordingProtocol()
                child.onMade = { _ in if hook == "made" { reactor.stop() } }
                child.onData = { _ in if hook == "data" { reactor.stop() } }
                child.onLost = { _ in if hook == "lost" { reactor.stop() } }
                child.onExited = { _ in if hook == "exited" { reactor.stop() } }
                try reactor.spawn(child, [.out("x"), .exit(0)])
                reactor.runToStop()
                #expect(!child.events.isEmpty)
                child.removeClosures()
            }
            if kind.isReal { waitForAnyChildToExit(); reapChildrenOfThisThread() }
        }
    }
}

extension RecordingProtocol {
    /// Removes the closures that retain a reactor.
    fileprivate func removeClosures() {
        self.onMade = { _ in }
        self.onData = { _ in }
        self.onLost = { _ in }
        self.onExited = { _ in }
    }
}
