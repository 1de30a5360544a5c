// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Tests the decisions about the end of a process: every state with every event, without a process.
@Suite struct `Exit machine` {
    typealias Event = ExitMachine.Event
    typealias Action = ExitMachine.Action

    private static let second: Int64 = 1_000_000_000
    private static let stages = GroupTermination(
        firstSignal: .terminate,
        grace: .seconds(2),
        graceAfterOwnersSignal: .seconds(5),
        giveUp: .seconds(3)
    )
    private static let drained = ExitPolicy.drain(.seconds(1), thenTerminate: stages)

    /// A state of a machine with the policy above, and the events that lead to it.
    enum Start: String, CaseIterable {
        case alive, waiting, terminating, killing, over

        var events: [Event] {
            switch self {
            case .alive: []
            case .waiting: [.leaderExited]
            case .terminating: [.leaderExited, .timeIsUp]
            case .killing: [.leaderExited, .timeIsUp, .timeIsUp]
            case .over: [.leaderExited, .groupEmpty]
            }
        }
    }

    private func machine(in start: Start) -> ExitMachine {
        var machine = ExitMachine(policy: Self.drained, hasGroup: true)
        for event in start.events { _ = machine.handle(event, at: 0) }
        return machine
    }

    /// The actions that follow each event in each state, in the order of ``Start``.
    private static let table: [(event: Event, actions: [[Action]])] = [
        (.leaderExited, [[.wait(second), .watchGroup], [], [], [], []]),
        (.streamsClosed, [[], [], [], [], []]),
        (.groupEmpty, [[], [.end], [.end], [.end], []]),
        (
            .timeIsUp,
            [
                [], [.signalGroup(.terminate), .wait(2 * second), .watchGroup],
                [.signalGroup(.kill), .wait(3 * second), .watchGroup], [.end], [],
            ]
        ),
        (.ownerSignaled(.terminate), [[], [], [], [], []]),
        (
            .ownerSignaled(.kill),
            [[], [.wait(3 * second), .watchGroup], [.wait(3 * second), .watchGroup], [], []]
        ),
        (.givenUp, [[.end], [.end], [.end], [.end], []]),
    ]

    @Test(arguments: Self.table.indices, Start.allCases)
    func `the machine returns the right actions for each event in each state`(
        row: Int,
        start: Start
    ) throws {
        var machine = self.machine(in: start)
        let (event, actions) = Self.table[row]
        let column = try #require(Start.allCases.firstIndex(of: start))
        #expect(machine.handle(event, at: 0) == actions[column], "\(event) while \(start)")
    }

    @Test func `with the leader policy the process ends when the leader exits`() {
        var machine = ExitMachine(policy: .leader, hasGroup: true)
        #expect(!machine.dependsOnGroup)
        #expect(machine.handle(.streamsClosed, at: 0) == [])
        #expect(machine.handle(.leaderExited, at: 0) == [.end])
        #expect(machine.handle(.givenUp, at: 0) == [])
    }

    @Test func `draining for zero or negative time is the same as the leader policy`() {
        var machine = ExitMachine(policy: .drain(.zero), hasGroup: true)
        #expect(machine.handle(.leaderExited, at: 0) == [.end])
        var negative = ExitMachine(policy: .drain(.seconds(-1)), hasGroup: true)
        #expect(negative.handle(.leaderExited, at: 0) == [.end])
    }

    @Test(arguments: [Event.streamsClosed, .groupEmpty, .timeIsUp])
    func `draining ends with the first of closed streams, an empty group or the time limit`(
        event: Event
    ) {
        var machine = ExitMachine(policy: .drain(.seconds(1)), hasGroup: true)
        #expect(machine.handle(.leaderExited, at: 0) == [.wait(Self.second), .watchGroup])
        #expect(machine.handle(event, at: 1) == [.end])
    }

    @Test
    func `draining ends at the exit if the streams were closed or the group was empty before`() {
        var streams = ExitMachine(policy: .drain(.seconds(1)), hasGroup: true)
        #expect(streams.handle(.streamsClosed, at: 0) == [])
        #expect(!streams.dependsOnGroup)
        #expect(streams.handle(.leaderExited, at: 0) == [.end])
        var group = ExitMachine(policy: .drain(.seconds(1)), hasGroup: true)
        #expect(group.dependsOnGroup)
        #expect(group.handle(.groupEmpty, at: 0) == [])
        #expect(group.handle(.leaderExited, at: 0) == [.end])
    }

    @Test func `a child without a group of its own is not polled and not terminated`() {
        var machine = ExitMachine(policy: Self.drained, hasGroup: false)
        #expect(!machine.dependsOnGroup)
        #expect(machine.handle(.leaderExited, at: 0) == [.wait(Self.second)])
        #expect(machine.handle(.timeIsUp, at: Self.second) == [.end])
    }

    @Test func `waiting for all writers ignores the time and the group`() {
        var machine = ExitMachine(policy: .allWritersClosed, hasGroup: true)
        #expect(!machine.dependsOnGroup)
        #expect(machine.handle(.leaderExited, at: 0) == [.wait(nil)])
        #expect(machine.handle(.groupEmpty, at: 0) == [])
        #expect(machine.handle(.streamsClosed, at: 0) == [.end])
    }

    @Test func `a policy with a termination waits for the group even if all streams are closed`() {
        var machine = ExitMachine(policy: Self.drained, hasGroup: true)
        _ = machine.handle(.streamsClosed, at: 0)
        #expect(machine.dependsOnGroup)
        #expect(machine.handle(.leaderExited, at: 0) == [.wait(Self.second), .watchGroup])
    }

    @Test func `a termination without a drain time begins at the exit`() {
        var machine = ExitMachine(policy: .drain(.zero, thenTerminate: Self.stages), hasGroup: true)
        #expect(
            machine.handle(.leaderExited, at: 0)
                == [.signalGroup(.terminate), .wait(2 * Self.second), .watchGroup]
        )
    }

    @Test
    func `a signal from the owner replaces the first signal and starts the time of its own grace`()
    {
        var machine = ExitMachine(policy: Self.drained, hasGroup: true)
        #expect(machine.handle(.ownerSignaled(.interrupt), at: 0) == [])
        _ = machine.handle(.leaderExited, at: Self.second)
        #expect(
            machine.handle(.timeIsUp, at: 2 * Self.second) == [.wait(3 * Self.second), .watchGroup]
        )
        #expect(
            machine.handle(.timeIsUp, at: 5 * Self.second)
                == [.signalGroup(.kill), .wait(3 * Self.second), .watchGroup]
        )
    }

    @Test func `the grace after signals from the owner counts from the first one`() {
        var machine = ExitMachine(policy: Self.drained, hasGroup: true)
        _ = machine.handle(.ownerSignaled(.interrupt), at: 0)
        _ = machine.handle(.ownerSignaled(.terminate), at: Self.second)
        _ = machine.handle(.leaderExited, at: 10 * Self.second)
        #expect(machine.handle(.timeIsUp, at: 11 * Self.second) == [.wait(0), .watchGroup])
    }

    @Test func `after SIGKILL from the owner the policy only waits`() {
        var machine = ExitMachine(policy: Self.drained, hasGroup: true)
        #expect(machine.handle(.ownerSignaled(.kill), at: 0) == [])
        _ = machine.handle(.leaderExited, at: 0)
        #expect(
            machine.handle(.timeIsUp, at: Self.second) == [.wait(3 * Self.second), .watchGroup]
        )
        #expect(machine.handle(.timeIsUp, at: 4 * Self.second) == [.end])
    }

    // If such a signal counted, a SIGWINCH long before the exit would make the policy skip its
    // first signal and send SIGKILL at once.
    @Test(arguments: [Signal.windowChange, .resume, .stop, .user1])
    func `a signal that does not request termination does not replace the first signal`(
        signal: Signal
    ) {
        var machine = ExitMachine(policy: Self.drained, hasGroup: true)
        _ = machine.handle(.ownerSignaled(signal), at: 0)
        _ = machine.handle(.leaderExited, at: 3_600 * Self.second)
        #expect(
            machine.handle(.timeIsUp, at: 3_601 * Self.second)
                == [.signalGroup(.terminate), .wait(2 * Self.second), .watchGroup]
        )
    }

    @Test func `durations that do not fit into the clock are limited to its maximum`() {
        let endless = GroupTermination(
            grace: .seconds(Int64.max),
            graceAfterOwnersSignal: .seconds(Int64.max),
            giveUp: .seconds(Int64.max)
        )
        var machine = ExitMachine(
            policy: .drain(.seconds(Int64.max), thenTerminate: endless),
            hasGroup: true
        )
        _ = machine.handle(.ownerSignaled(.interrupt), at: 5)
        #expect(machine.handle(.leaderExited, at: 5) == [.wait(.max), .watchGroup])
        #expect(machine.handle(.timeIsUp, at: 7) == [.wait(.max - 7), .watchGroup])
    }
}
