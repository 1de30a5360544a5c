// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// S6 COUNT: creates a deferred, adds ten callbacks and fires it, COUNT times.
final class ChainScenario {
    private let count: Int
    private var sum = 0

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
    }

    func run() {
        let start = cpuSeconds()
        for number in 0..<self.count { self.fireOne(number) }
        let elapsed = cpuSeconds() - start
        if self.sum != self.count * (self.count - 1) / 2 + self.count * 10 {
            fail("a callback did not run, or ran with a wrong value")
        }
        report("S6", "ns", elapsed / Double(self.count) * 1e9)
    }

    @inline(never)
    private func fireOne(_ number: Int) {
        let deferred = Deferred<Int>()
        deferred
            .addCallback { $0 + 1 }
            .addCallback { $0 + 1 }
            .addCallback { $0 + 1 }
            .addCallback { $0 + 1 }
            .addCallback { $0 + 1 }
            .addCallback { $0 + 1 }
            .addCallback { $0 + 1 }
            .addCallback { $0 + 1 }
            .addCallback { $0 + 1 }
            .addCallback { self.sum += $0 + 1 }
        deferred.succeed(number)
    }
}
