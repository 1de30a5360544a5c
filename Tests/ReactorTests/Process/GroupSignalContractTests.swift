// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import ReactorTesting
import TestSupport
import Testing

@testable import Reactor

/// Signals to the process group of a child that has ended, on both reactors.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct `Group of an ended process` {
    /// A child whose descendant in the group holds the output open and ignores SIGTERM.
    private static var acts: [Act] {
        [.ignore(.terminate), .child([.pause]), .out("x"), .exit(0)]
    }

    @Test(arguments: ProcessKind.allCases)
    func `the group can be signaled after processEnded for as long as it has members`(
        kind: ProcessKind
    ) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            let transport = try reactor.spawn(child, Self.acts)
            reactor.turn(until: { child.end != nil })
            #expect(child.end?.cutStreams == [1, 2])
            try self.endGroup(of: transport, on: reactor)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `the group can be signaled after the reactor has shut down`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            let transport = try reactor.spawn(child, Self.acts)
            reactor.turn(until: { child.end != nil })
            reactor.shutDown()
            try self.endGroup(of: transport, on: reactor)
        }
    }

    // Before Linux 6.9 the number of the group must stay reserved by its leader.
    @Test func `a kernel without signals to the group of a pidfd keeps the leader as a zombie`()
        throws
    {
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        let child = RecordingProtocol()
        let process = try reactor.start(child, reactor.request(Self.acts), reapsAtOnce: false)
        let leader = try #require(process.pid)
        reactor.turn(until: { child.end != nil })
        #expect(isZombie(leader))
        try self.endGroup(of: process, on: reactor)
    }

    @Test(arguments: [false, true])
    func `the zombie of a leader is reaped with its transport or with its reactor`(
        shutsDown: Bool
    ) throws {
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        let child = RecordingProtocol()
        var process: LibevProcess? = try reactor.start(
            child,
            reactor.request([.child([.wait(milliseconds: 500)]), .exit(0)]),
            reapsAtOnce: false
        )
        let leader = try #require(process?.pid)
        reactor.turn(until: { child.end != nil })
        #expect(isZombie(leader))
        if shutsDown {
            reactor.shutDown()
            #expect(throws: ProcessExitedAlready.self) {
                try process?.signalProcess(.kill, to: .group)
            }
            #expect(process?.membersOfGroup() == [])
        } else {
            process = nil
        }
        #expect(!isZombie(leader))
    }

    @Test(arguments: ReactorKind.allCases)
    func `a leader that was given up alive can be signaled until it dies`(kind: ReactorKind) throws
    {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            let transport = try reactor.spawn(child, [.out("x"), .pause])
            child.onData = { _ in transport.giveUp() }
            reactor.turn(until: { child.end != nil })
            #expect(child.end?.survivors.count == 1)
            try transport.signalProcess(.kill)
            reactor.turn(until: { transport.exit != nil })
            #expect(throws: ProcessExitedAlready.self) { try transport.signalProcess(.kill) }
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a child without a group of its own never lists the parent's group`(kind: ReactorKind)
        throws
    {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            let transport = try reactor.spawn(child, [.out("x"), .cat]) { $0.grouping = .inherit }
            let leader = try #require(transport.pid)
            child.onData = { _ in
                #expect(transport.membersOfGroup().map(\.pid) == [leader])
                transport.closeStdin()
            }
            reactor.turn(until: { child.end != nil })
            #expect(transport.membersOfGroup() == [])
        }
    }

    /// Checks the members of the group, and kills them.
    private func endGroup(
        of transport: any ProcessTransport,
        on reactor: any ContractReactor
    ) throws {
        #expect(throws: ProcessExitedAlready.self) { try transport.signalProcess(.kill) }
        try transport.signalProcess(.terminate, to: .group)
        #expect(transport.membersOfGroup().count == 1)
        try transport.signalProcess(.kill, to: .group)
        // The kernel delivers the signal at once, but the member needs a moment to die.
        let end = ContinuousClock.now + .seconds(60)
        while !transport.membersOfGroup().isEmpty, ContinuousClock.now < end { sched_yield() }
        #expect(transport.membersOfGroup() == [])
        #expect(throws: ProcessExitedAlready.self) {
            try transport.signalProcess(.kill, to: .group)
        }
    }
}

/// Whether a process has exited and has not been reaped.
private func isZombie(_ pid: Int32) -> Bool {
    var information = siginfo_t()
    return waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0
        && information.si_signo == SIGCHLD
}
