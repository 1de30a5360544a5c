// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Tests when a process counts as ended and how the rest of its group ends, on both reactors.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct `Exit policies` {
    /// A termination with short stages.
    private static let stages = GroupTermination(
        firstSignal: .terminate,
        grace: .milliseconds(50),
        graceAfterOwnersSignal: .milliseconds(100),
        giveUp: .seconds(5)
    )

    /// Runs a child to its end and returns its protocol and the time that it took.
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
    func `the leader policy delivers all output of the leader and waits for no other process`(
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

    // Like Twisted's test_process.test_processExited.
    @Test(arguments: ProcessKind.allCases)
    func `processExited is called while another process still has a stream open`(kind: ProcessKind)
        throws
    {
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
    func `a drain ends as soon as the last writer has closed its streams`(kind: ProcessKind) throws
    {
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
    func `a drain ends at its time limit and reports the streams that were cut`(kind: ProcessKind)
        throws
    {
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

    @Test(arguments: ProcessKind.allCases)
    func `a writer in another session does not prolong a drain`(kind: ProcessKind) throws {
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
    func `the policy that waits for all writers includes those in other sessions`(kind: ProcessKind)
        throws
    {
        let (child, took) = try self.run(
            kind,
            [.detached([.wait(milliseconds: 100), .out("daemon")]), .exit(0)],
            .allWritersClosed
        )
        #expect(child.text() == "daemon")
        #expect(took >= .milliseconds(90))
    }

    @Test(arguments: ProcessKind.allCases)
    func `after the drain the rest of the group gets the first signal`(kind: ProcessKind) throws {
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
    func `a member of the group that ignores the first signal gets SIGKILL`(kind: ProcessKind)
        throws
    {
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
    func `a group that is empty after the exit of its leader gets no signal`(kind: ProcessKind)
        throws
    {
        let (child, took) = try self.run(
            kind,
            [.out("x"), .exit(0)],
            .drain(.seconds(15), thenTerminate: Self.stages)
        )
        #expect(child.end?.signalsToGroup == [])
        #expect(took < .seconds(10))
    }

    @Test(arguments: ProcessKind.allCases)
    func `the policy waits for members of the group that end by themselves, even without streams`(
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
    func `a signal from the owner replaces the first signal of the policy`(kind: ProcessKind) throws
    {
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
    func `SIGKILL from the owner after the exit ends the wait`(kind: ProcessKind) throws {
        let (child, took) = try self.run(
            kind,
            [.child([.ignore(.terminate), .pause]), .exit(0)],
            .drain(.seconds(15), thenTerminate: Self.stages)
        ) { child, _ in child.onExited = { _ in child.signalsGroup(.kill) } }
        #expect(child.end?.signalsToGroup == [])
        #expect(child.end?.survivors == [])
        #expect(took < .seconds(10))
    }

    @Test(arguments: ProcessKind.allCases)
    func `the group can be signaled after its leader has exited`(kind: ProcessKind) throws {
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
    func `a signal to the group of a child without its own group goes to the child alone`(
        kind: ProcessKind
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            child.onData = { _ in child.signalsGroup(.terminate) }
            try reactor.spawn(child, [.out("ready"), .pause]) { $0.grouping = .inherit }
            reactor.turn(until: { child.end != nil })
            // Otherwise the signal would have terminated the test itself.
            #expect(child.end?.exit == .signaled(.terminate, coreDumped: false))
        }
    }

    // When the leader of a session exits, the kernel sends SIGHUP to the foreground group.
    @Test(arguments: ProcessKind.allCases)
    func `the exit of the leader of a terminal ends the other processes by SIGHUP`(
        kind: ProcessKind
    ) throws {
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
    func `a terminal that another process has open is drained too`(kind: ProcessKind) throws {
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
    /// Sends a signal to the group, and ignores the error if the group is empty.
    fileprivate func signalsGroup(_ signal: Signal) {
        try? self.transport?.signalProcess(signal, to: .group)
    }
}
