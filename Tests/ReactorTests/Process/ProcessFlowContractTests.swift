// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Holding output back, giving children up, and doing things from inside hooks, on both reactors.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct ProcessFlowContractTests {
    // 121, test_pauseAndResumeProducing.
    @Test(arguments: ProcessKind.allCases, [false, true])
    func `what is held back comes after the resume`(kind: ProcessKind, usesTerminal: Bool) throws {
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
    func `a pause in the middle of output holds the rest back`(kind: ProcessKind) throws {
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

    // Departure from Twisted, where data waits for a resume that may never come.
    @Test(arguments: ProcessKind.allCases, [false, true])
    func `the exit brings what was held back`(kind: ProcessKind, usesTerminal: Bool) throws {
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
    func `the end of a stream is held back too`(kind: ProcessKind) throws {
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
    func `a child that is given up counts as ended, and is kept until it dies`(
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
    func `a child may be given up at once, and its protocol still hears all in order`(
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
    func `giving up what has exited ends its wait`(kind: ProcessKind) throws {
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
    func `a protocol may do anything from inside its output`(kind: ProcessKind) throws {
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
    func `the reactor may stop in any of a protocol's words`(kind: ProcessKind) throws {
        for hook in ["made", "data", "lost", "exited"] {
            try kind.withReactor { reactor in
                let child = RecordingProtocol()
                child.onMade = { _ in if hook == "made" { reactor.stop() } }
                child.onData = { _ in if hook == "data" { reactor.stop() } }
                child.onLost = { _ in if hook == "lost" { reactor.stop() } }
                child.onExited = { _ in if hook == "exited" { reactor.stop() } }
                try reactor.spawn(child, [.out("x"), .exit(0)])
                reactor.runToStop()
                // What is told after the stop, if anything, is told in this turn; nothing after the
                // run.
                let told = child.events.count
                #expect(told > 0)
                child.stopAskingFor(reactor)
            }
            if kind.isReal { waitForAnyChildToExit(); reapChildrenOfThisThread() }
        }
    }
}

extension RecordingProtocol {
    /// Lets go of closures that hold a reactor.
    fileprivate func stopAskingFor(_ reactor: any ContractReactor) {
        self.onMade = { _ in }
        self.onData = { _ in }
        self.onLost = { _ in }
        self.onExited = { _ in }
    }
}
