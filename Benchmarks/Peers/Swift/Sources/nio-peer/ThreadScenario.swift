// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Dispatch
internal import NIOCore
internal import PeerSupport

/// S5 COUNT: a thread calls on the loop and waits for the answer, COUNT times.
struct ThreadScenario {
    private let count: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
    }

    func run(on loop: any EventLoop) {
        let answer = DispatchSemaphore(value: 0)
        let start = monotonic_seconds()
        for _ in 0..<self.count {
            loop.execute { answer.signal() }
            answer.wait()
        }
        report("S5", "us", (monotonic_seconds() - start) / Double(self.count) * 1e6)
    }
}
