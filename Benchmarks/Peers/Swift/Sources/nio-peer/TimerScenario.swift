// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import NIOCore
internal import PeerSupport

/// S2 COUNT LONGEST: schedules COUNT timers at 0 to LONGEST milliseconds and lets them fire.
struct TimerScenario {
    private let count: Int
    private let longest: TimeAmount

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        self.longest = .milliseconds(Int64(arguments.number(1)))
    }

    func run(on loop: any EventLoop) throws {
        let delays = nextDelays(self.count, longest: self.longest)
        let done = loop.makePromise(of: Void.self)
        let countdown = Countdown(self.count, done)
        let start = try loop.submit {
            let start = cpu_seconds()
            for delay in delays { try loop.scheduleCallback(in: delay, handler: countdown) }
            return start
        }.wait()
        try done.futureResult.wait()
        report("S2", "cpu_ns", (cpu_seconds() - start) / Double(self.count) * 1e9)
    }
}
