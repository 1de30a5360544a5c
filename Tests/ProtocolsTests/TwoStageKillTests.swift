// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import ReactorTesting
import Testing

@Suite struct `A two-stage kill` {
    /// What a kill does to the world.
    private final class World {
        let clock = TestClock()
        var events: [String] = []
        /// What sending throws.
        var failure: (any Error)?
        /// What happens inside of sending.
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
            failed: { world.add("\($0)") }
        )
    }

    @Test func `goes from stage to stage and gives up after the last`() {
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

    @Test func `does nothing before it is begun`() {
        let kill = self.makeKill()
        kill.skipToLast()
        self.world.clock.advance(by: .seconds(60))
        #expect(self.world.events.isEmpty)
    }

    @Test func `stops at the end of the process`() {
        let kill = self.makeKill()
        kill.begin(self.stages)
        kill.processEnded()
        kill.processEnded()
        #expect(self.world.clock.delayedCalls.isEmpty)
        #expect(self.world.events == ["SIGINT at 0.0 seconds"])
    }

    @Test func `never begins after the end of the process`() {
        let kill = self.makeKill()
        kill.processEnded()
        kill.begin(self.stages)
        kill.skipToLast()
        #expect(self.world.events.isEmpty)
        #expect(self.world.clock.delayedCalls.isEmpty)
    }

    @Test func `begun again, changes nothing`() {
        let kill = self.makeKill()
        kill.begin(self.stages)
        self.world.clock.advance(by: .seconds(1))
        kill.begin(self.stages)
        #expect(self.world.clock.delayedCalls.map(\.deadline) == [.seconds(5)])
        #expect(self.world.events == ["SIGINT at 0.0 seconds"])
    }

    @Test(arguments: [0, 1])
    func `sets no timer when the process turns out to be gone`(stage: Int) {
        let kill = self.makeKill()
        if stage == 0 { self.world.failure = ProcessExitedAlready() }
        kill.begin(self.stages)
        self.world.failure = ProcessExitedAlready()
        self.world.clock.advance(by: .seconds(5))
        #expect(self.world.clock.delayedCalls.isEmpty)
        #expect(self.world.events.count == stage + 1)
    }

    @Test func `tells of a signal that is refused, and goes on`() {
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

    @Test func `may be told of the end from inside of a signal`() {
        let kill = self.makeKill()
        self.world.onSend = { kill.processEnded() }
        kill.begin(self.stages)
        #expect(self.world.events == ["SIGINT at 0.0 seconds"])
        #expect(self.world.clock.delayedCalls.isEmpty)
        self.world.onSend = {}
    }

    @Test func `may be begun from inside of its signal`() {
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

    @Test func `skips to the last stage, once`() {
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

    @Test func `takes its timer with it when it goes`() {
        var kill: TwoStageKill? = self.makeKill()
        kill?.begin(self.stages)
        #expect(self.world.clock.delayedCalls.count == 1)
        kill = nil
        #expect(self.world.clock.delayedCalls.isEmpty)
    }

    @Test func `of no stages gives up at once`() {
        self.makeKill().begin([])
        #expect(self.world.events == ["given up at 0.0 seconds"])
    }

    @Test(arguments: [Duration.zero, .seconds(-1)])
    func `takes each stage in a turn of its own, even without a wait`(wait: Duration) {
        let kill = self.makeKill()
        kill.begin([
            KillStage(signal: .interrupt, wait: wait), KillStage(signal: .kill, wait: wait),
        ])
        #expect(self.world.events.count == 1)
        self.world.clock.advance(by: .zero)
        #expect(self.world.events.count == 3)
    }
}
