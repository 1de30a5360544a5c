// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// S2c COUNT: resets an inactivity timeout COUNT times, 1000 a turn of the loop.
final class ResetScenario: TimeoutMixin {
    private static let resetsATurn = 1000

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
        fail("there was activity")
    }

    private func resetMany() {
        for _ in 0..<Self.resetsATurn { self.resetTimeout() }
        self.left -= Self.resetsATurn
        if self.left <= 0 { return self.reactor.stop() }
        self.reactor.callLater(.zero) { self.resetMany() }
    }
}
