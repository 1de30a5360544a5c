// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Reactor

/// Below Linux 6.9 a group can be signalled only by its number, so a leader that has exited is
/// reaped no sooner than when the group is done with.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1))) struct OldKernelTests {
    /// Starts a child as `spawnProcess` does on such a kernel.
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

    @Test func `a child that has exited is a zombie until its group is empty, and no longer`()
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

    // That nothing is left is what the suite looks for.
    @Test(arguments: [false, true])
    func `a child that has exited leaves no zombie when the reactor shuts down`(
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

/// Whether the child has exited and was not reaped.
private func waitsForReaping(_ pid: Int32) -> Bool {
    var information = siginfo_t()
    return waitid(P_PID, UInt32(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0
}
