// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// S2 COUNT LONGEST: schedules COUNT delayed calls with delays from 0 to LONGEST milliseconds, and
/// waits until all have run.
final class TimerScenario {
    private let reactor = LibevReactor()
    private let count: Int
    private let delays: [Duration]
    private var fired = 0

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        var delays = Delays(longest: .milliseconds(arguments.number(1)))
        self.delays = delays.next(self.count)
    }

    func run() {
        var start = 0.0
        var scheduled = 0.0
        self.reactor.callWhenRunning {
            start = cpuSeconds()
            for delay in self.delays { self.reactor.callLater(delay) { self.callFired() } }
            scheduled = cpuSeconds()
        }
        self.reactor.run()
        let end = cpuSeconds()
        let count = Double(self.count)
        report("S2", "schedule_ns", (scheduled - start) / count * 1e9)
        report("S2", "fire_ns", (end - scheduled) / count * 1e9)
        report("S2", "cpu_ns", (end - start) / count * 1e9)
    }

    private func callFired() {
        self.fired += 1
        if self.fired == self.count { self.reactor.stop() }
    }
}

/// S2b COUNT LIVE: schedules COUNT delayed calls and cancels them, while LIVE others are pending.
final class CancelledTimerScenario {
    private let reactor = LibevReactor()
    private let count: Int
    private let delays: [Duration]
    private let live: [Duration]
    private var fired = 0

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        var delays = Delays(longest: .seconds(1))
        self.delays = delays.next(self.count)
        self.live = delays.next(arguments.number(1))
    }

    func run() {
        self.reactor.callWhenRunning {
            for delay in self.live { self.reactor.callLater(delay) { self.fired += 1 } }
            var calls: [DelayedCall] = []
            calls.reserveCapacity(self.count)
            warmMemory()
            let start = cpuSeconds()
            for delay in self.delays {
                calls.append(self.reactor.callLater(delay) { self.fired += 1 })
            }
            for call in calls { call.cancel() }
            report("S2b", "cpu_ns", (cpuSeconds() - start) / Double(self.count) * 1e9)
            self.reactor.stop()
        }
        self.reactor.run()
    }
}

/// S2c COUNT: resets an inactivity timeout COUNT times, 1000 times in each turn of the loop.
final class ResetScenario: TimeoutMixin {
    private static let resetsPerTurn = 1000

    let timeoutState = TimeoutState()
    private let reactor = LibevReactor()
    private let count: Int
    private var left: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        self.left = self.count
    }

    func run() {
        var start = 0.0
        self.reactor.callWhenRunning {
            self.setTimeout(.seconds(60))
            start = cpuSeconds()
            self.reactor.callLater(.zero) { self.resetMany() }
        }
        self.reactor.run()
        report("S2c", "ns", (cpuSeconds() - start) / Double(self.count) * 1e9)
    }

    func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.reactor.callLater(delay, body)
    }

    func timeoutConnection() {
        fail("the inactivity timeout fired although it was reset")
    }

    private func resetMany() {
        for _ in 0..<Self.resetsPerTurn { self.resetTimeout() }
        self.left -= Self.resetsPerTurn
        if self.left <= 0 { return self.reactor.stop() }
        self.reactor.callLater(.zero) { self.resetMany() }
    }
}

/// `turns` COUNT: runs COUNT turns of the loop, each with one delayed call that is due at once.
final class TurnScenario {
    private let reactor = LibevReactor()
    private let count: Int
    private var left: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        self.left = self.count
    }

    func run() {
        var start = 0.0
        self.reactor.callWhenRunning {
            start = cpuSeconds()
            self.reactor.callLater(.zero) { self.turn() }
        }
        self.reactor.run()
        report("turns", "ns", (cpuSeconds() - start) / Double(self.count) * 1e9)
    }

    private func turn() {
        self.left -= 1
        if self.left == 0 { return self.reactor.stop() }
        self.reactor.callLater(.zero) { self.turn() }
    }
}
