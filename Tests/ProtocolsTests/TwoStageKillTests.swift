// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@Suite struct `Two-stage kill` {
    /// A clock, a fake target for the signals, and a record of the events.
    private final class World {
        let clock = TestClock()
        var events: [String] = []
        /// The error that `send` throws, or `nil` if it succeeds.
        var failure: (any Error)?
        /// Code that runs inside `send`.
        var onSend: () -> Void = {}

        func add(_ event: String) {
            self.events.append("\(event) at \(self.clock.now)")
        }
    }

    private let world = World()
    private let stages = [
        KillStage(signal: .interrupt, wait: .seconds(5)),
        KillStage(signal: .kill, wait: .seconds(3)),
    ]

    private func makeKill() -> TwoStageKill {
        let world = self.world
        return TwoStageKill(
            clock: world.clock,
            send: {
                world.add("\($0)")
                world.onSend()
                if let failure = world.failure { throw failure }
            },
            giveUp: { world.add("given up") },
            reportError: { world.add("\($0)") }
        )
    }

    @Test func `a kill performs one stage after the other and gives up after the last`() {
        let kill = self.makeKill()
        kill.begin(self.stages)
        self.world.clock.advance(by: .seconds(60))
        #expect(
            self.world.events == [
                "SIGINT at 0.0 seconds", "SIGKILL at 5.0 seconds", "given up at 8.0 seconds",
            ]
        )
        #expect(self.world.clock.delayedCalls.isEmpty)
    }

    @Test func `a kill does nothing before it begins`() {
        let kill = self.makeKill()
        kill.skipToLast()
        self.world.clock.advance(by: .seconds(60))
        #expect(self.world.events.isEmpty)
    }

    @Test func `a kill stops when the process ends`() {
        let kill = self.makeKill()
        kill.begin(self.stages)
        kill.processEnded()
        kill.processEnded()
        #expect(self.world.clock.delayedCalls.isEmpty)
        #expect(self.world.events == ["SIGINT at 0.0 seconds"])
    }

    @Test func `a kill does not begin after the process has ended`() {
        let kill = self.makeKill()
        kill.processEnded()
        kill.begin(self.stages)
        kill.skipToLast()
        #expect(self.world.events.isEmpty)
        #expect(self.world.clock.delayedCalls.isEmpty)
    }

    @Test func `beginning a kill a second time has no effect`() {
        let kill = self.makeKill()
        kill.begin(self.stages)
        self.world.clock.advance(by: .seconds(1))
        kill.begin(self.stages)
        #expect(self.world.clock.delayedCalls.map(\.deadline) == [.seconds(5)])
        #expect(self.world.events == ["SIGINT at 0.0 seconds"])
    }

    @Test(arguments: [0, 1])
    func `a kill sets no timer if the process turns out to be gone`(stage: Int) {
        let kill = self.makeKill()
        if stage == 0 { self.world.failure = ProcessExitedAlready() }
        kill.begin(self.stages)
        self.world.failure = ProcessExitedAlready()
        self.world.clock.advance(by: .seconds(5))
        #expect(self.world.clock.delayedCalls.isEmpty)
        #expect(self.world.events.count == stage + 1)
    }

    @Test func `a refused signal is reported and the stages continue`() {
        self.world.failure = SignalError(signal: .interrupt, errno: 1)
        let kill = self.makeKill()
        kill.begin(self.stages)
        self.world.clock.advance(by: .seconds(60))
        #expect(
            self.world.events == [
                "SIGINT at 0.0 seconds",
                "SIGINT could not be sent: Operation not permitted. at 0.0 seconds",
                "SIGKILL at 5.0 seconds",
                "SIGINT could not be sent: Operation not permitted. at 5.0 seconds",
                "given up at 8.0 seconds",
            ]
        )
    }

    @Test func `the end of the process may be reported while a signal is being sent`() {
        let kill = self.makeKill()
        self.world.onSend = { kill.processEnded() }
        kill.begin(self.stages)
        #expect(self.world.events == ["SIGINT at 0.0 seconds"])
        #expect(self.world.clock.delayedCalls.isEmpty)
        self.world.onSend = {}
    }

    @Test func `a second begin while a signal is being sent has no effect`() {
        let kill = self.makeKill()
        self.world.onSend = { [stages] in
            kill.begin(stages)
            kill.skipToLast()
        }
        kill.begin(self.stages)
        #expect(self.world.events == ["SIGINT at 0.0 seconds"])
        #expect(self.world.clock.delayedCalls.count == 1)
        self.world.onSend = {}
    }

    @Test func `a kill performs its last stage only once if it skips to it twice`() {
        let kill = self.makeKill()
        kill.begin(self.stages)
        self.world.clock.advance(by: .seconds(1))
        kill.skipToLast()
        kill.skipToLast()
        self.world.clock.advance(by: .seconds(60))
        #expect(
            self.world.events == [
                "SIGINT at 0.0 seconds", "SIGKILL at 1.0 seconds", "given up at 4.0 seconds",
            ]
        )
    }

    @Test func `a kill cancels its timer when it is deallocated`() {
        var kill: TwoStageKill? = self.makeKill()
        kill?.begin(self.stages)
        #expect(self.world.clock.delayedCalls.count == 1)
        kill = nil
        #expect(self.world.clock.delayedCalls.isEmpty)
    }

    @Test func `a kill without stages gives up at once`() {
        self.makeKill().begin([])
        #expect(self.world.events == ["given up at 0.0 seconds"])
    }

    @Test(arguments: [Duration.zero, .seconds(-1)])
    func `each stage runs in a separate turn, even if its wait is zero or negative`(wait: Duration)
    {
        let kill = self.makeKill()
        kill.begin([
            KillStage(signal: .interrupt, wait: wait), KillStage(signal: .kill, wait: wait),
        ])
        #expect(self.world.events.count == 1)
        self.world.clock.advance(by: .zero)
        #expect(self.world.events.count == 3)
    }
}
