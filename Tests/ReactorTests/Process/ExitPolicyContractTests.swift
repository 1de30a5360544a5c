// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// When a process counts as ended and what becomes of the rest of its group, on both reactors.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct ExitPolicyContractTests {
    /// A policy that ends what is left in short stages.
    private static let stages = GroupTermination(
        firstSignal: .terminate,
        grace: .milliseconds(50),
        graceAfterOwnersSignal: .milliseconds(100),
        giveUp: .seconds(5)
    )

    /// Runs a child to its end and says how long that took and what was told.
    private func run(
        _ kind: ProcessKind,
        _ acts: [Act],
        _ policy: ExitPolicy,
        usesTerminal: Bool = false,
        _ prepare: (_ child: RecordingProtocol, _ reactor: any ContractReactor) -> Void = { _, _ in
        }
    ) throws -> (child: RecordingProtocol, took: Duration) {
        let child = RecordingProtocol()
        var took = Duration.zero
        try kind.withReactor { reactor in
            prepare(child, reactor)
            let before = reactor.now
            try reactor.spawn(child, acts) { request in
                request.exitPolicy = policy
                if usesTerminal { request.streams = .terminal() }
            }
            reactor.turn(until: { child.end != nil })
            took = reactor.now - before
        }
        return (child, took)
    }

    @Test(arguments: ProcessKind.allCases, [false, true])
    func `the leader's policy loses nothing of the leader's and waits for nobody`(
        kind: ProcessKind,
        usesTerminal: Bool
    ) throws {
        let (child, took) = try self.run(
            kind,
            [.child([.ignore(.hangup), .wait(milliseconds: 8_000)]), .out("all of it"), .exit(2)],
            .leader,
            usesTerminal: usesTerminal
        ) { child, _ in child.onExited = { _ in child.signalsGroup(.kill) } }
        #expect(child.text() == "all of it")
        #expect(child.end?.exit == .exited(code: 2))
        #expect(child.end?.survivors == [])
        #expect(took < .seconds(7))
    }

    // 119, test_process: test_processExited.
    @Test(arguments: ProcessKind.allCases)
    func `the exit is told while another still holds a stream`(kind: ProcessKind) throws {
        let (child, _) = try self.run(
            kind,
            [.child([.wait(milliseconds: 80), .out("late")]), .out("early "), .exit(0)],
            .allWritersClosed
        )
        #expect(child.text() == "early late")
        let exited = child.story.firstIndex(of: .exited(.exited(code: 0)))
        let lost = child.story.firstIndex(of: .lost(1))
        #expect(try #require(exited) < #require(lost))
        #expect(child.end?.cutStreams == [])
    }

    @Test(arguments: ProcessKind.allCases)
    func `a drain ends as soon as the last writer is gone`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.child([.wait(milliseconds: 60), .out("late")]), .exit(0)],
            .drain(.seconds(15))
        )
        #expect(child.text() == "late")
        #expect(child.end?.cutStreams == [])
        #expect(took < .seconds(10))
    }

    @Test(arguments: ProcessKind.allCases)
    func `a drain ends with its time, and says what was cut`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.child([.ignore(.terminate), .pause]), .out("early"), .exit(0)],
            .drain(.milliseconds(50))
        ) { child, _ in child.onLost = { _ in child.signalsGroup(.kill) } }
        #expect(child.text() == "early")
        #expect(child.end?.cutStreams == [1, 2])
        #expect(child.events.suffix(3).allSatisfy { $0 != .made })
        #expect(took >= .milliseconds(50) && took < .seconds(10))
    }

    // process-layer.md §6: a writer outside the group costs no wait.
    @Test(arguments: ProcessKind.allCases)
    func `a writer in another session costs no wait`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.detached([.wait(milliseconds: 300)]), .out("x"), .exit(0)],
            .drain(.seconds(15))
        )
        #expect(child.text() == "x")
        #expect(child.end?.cutStreams == [1, 2])
        #expect(took < .seconds(10))
    }

    @Test(arguments: ProcessKind.allCases)
    func `all writers means those in other sessions too`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.detached([.wait(milliseconds: 100), .out("daemon")]), .exit(0)],
            .allWritersClosed
        )
        #expect(child.text() == "daemon")
        #expect(took >= .milliseconds(90))
    }

    @Test(arguments: ProcessKind.allCases)
    func `after the drain the rest of the group is asked to end`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.child([.pause]), .exit(0)],
            .drain(.milliseconds(30), thenTerminate: Self.stages)
        )
        #expect(child.end?.signalsToGroup.map(\.signal) == [.terminate])
        #expect(child.end?.survivors == [])
        #expect(took < .seconds(10))
    }

    @Test(arguments: ProcessKind.allCases)
    func `who ignores that is killed`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.child([.ignore(.terminate), .pause]), .exit(5)],
            .drain(.milliseconds(20), thenTerminate: Self.stages)
        )
        #expect(child.end?.exit == .exited(code: 5))
        #expect(child.end?.signalsToGroup.map(\.signal) == [.terminate, .kill])
        #expect(child.end?.signalsToGroup.map(\.target) == [.group, .group])
        let times = try #require(child.end).signalsToGroup.map(\.at)
        #expect(times[1] - times[0] >= .milliseconds(50))
        #expect(child.end?.survivors == [])
        #expect(took < .seconds(10))
    }

    @Test(arguments: ProcessKind.allCases)
    func `a group that is gone with its leader is sent nothing`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.out("x"), .exit(0)],
            .drain(.seconds(15), thenTerminate: Self.stages)
        )
        #expect(child.end?.signalsToGroup == [])
        #expect(took < .seconds(10))
    }

    @Test(arguments: ProcessKind.allCases)
    func `a group that goes by itself is waited for, with its streams closed or not`(
        kind: ProcessKind
    ) throws {
        let (child, took) = try self.run(
            kind,
            [.child([.close(0), .close(1), .close(2), .wait(milliseconds: 80)]), .exit(0)],
            .drain(.seconds(15), thenTerminate: Self.stages)
        )
        #expect(child.end?.signalsToGroup == [])
        #expect(took >= .milliseconds(70) && took < .seconds(10))
    }

    @Test(arguments: ProcessKind.allCases)
    func `the owner's signal stands for the policy's first`(kind: ProcessKind) throws {
        let (child, _) = try self.run(
            kind,
            [
                .ignore(.interrupt), .child([.ignore(.interrupt), .ignore(.terminate), .pause]),
                .out("ready"), .wait(milliseconds: 40), .exit(0),
            ],
            .drain(.milliseconds(10), thenTerminate: Self.stages)
        ) { child, _ in child.onData = { _ in child.signalsGroup(.interrupt) } }
        #expect(child.end?.signalsToGroup.map(\.signal) == [.kill])
    }

    @Test(arguments: ProcessKind.allCases)
    func `the owner's kill after the exit ends the wait`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.child([.ignore(.terminate), .pause]), .exit(0)],
            .drain(.seconds(15), thenTerminate: Self.stages)
        ) { child, _ in child.onExited = { _ in child.signalsGroup(.kill) } }
        #expect(child.end?.signalsToGroup == [])
        #expect(child.end?.survivors == [])
        #expect(took < .seconds(10))
    }

    // design §6: the group takes signals after the leader's end, for as long as it has members.
    @Test(arguments: ProcessKind.allCases)
    func `the group takes signals after its leader has ended`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            var outcomes: [String] = []
            child.onExited = { _ in
                guard let transport = child.transport else { return }
                #expect(throws: ProcessExitedAlready.self) {
                    try transport.signalProcess(.terminate)
                }
                #expect(throws: Never.self) { try transport.signalProcess(.terminate, to: .group) }
                outcomes.append("sent")
            }
            let transport = try reactor.spawn(child, [.child([.pause]), .exit(0)]) {
                $0.exitPolicy = .allWritersClosed
            }
            reactor.turn(until: { child.end != nil })
            #expect(outcomes == ["sent"])
            #expect(throws: ProcessExitedAlready.self) {
                try transport.signalProcess(.terminate, to: .group)
            }
        }
    }

    @Test(arguments: ProcessKind.allCases)
    func `a child in its parent's group is signalled alone`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            child.onData = { _ in child.signalsGroup(.terminate) }
            try reactor.spawn(child, [.out("ready"), .pause]) { $0.grouping = .inherit }
            reactor.turn(until: { child.end != nil })
            // The test's own process would be gone otherwise.
            #expect(child.end?.exit == .signaled(.terminate, coreDumped: false))
        }
    }

    // proc.PTYProcess: the session's hang-up ends who does not ignore it.
    @Test(arguments: ProcessKind.allCases)
    func `the end of a terminal's leader hangs up on the others`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.child([.pause]), .out("x"), .exit(0)],
            .drain(.seconds(15)),
            usesTerminal: true
        )
        #expect(child.text() == "x")
        #expect(child.end?.cutStreams == [])
        #expect(took < .seconds(10))
    }

    @Test(arguments: ProcessKind.allCases)
    func `a terminal that another holds is drained too`(kind: ProcessKind) throws {
        let (child, _) = try self.run(
            kind,
            [
                .ignore(.hangup), .child([.wait(milliseconds: 60), .out("late")]), .out("early "),
                .exit(0),
            ],
            .drain(.seconds(15)),
            usesTerminal: true
        )
        #expect(child.text() == "early late")
        #expect(child.end?.cutStreams == [])
    }
}

extension RecordingProtocol {
    /// Sends the group a signal if it is still there.
    fileprivate func signalsGroup(_ signal: Signal) {
        try? self.transport?.signalProcess(signal, to: .group)
    }
}
