// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import NIOCore
internal import PeerSupport

/// S2b COUNT LIVE: with LIVE others pending, schedules COUNT timers and cancels them.
///
/// To cancel one, SwiftNIO looks through the pending ones for it.
struct CancelledTimerScenario {
    private struct Nothing: NIOScheduledCallbackHandler, Sendable {
        func handleScheduledCallback(eventLoop: some EventLoop) {}
    }

    private let count: Int
    private let live: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        self.live = arguments.number(1)
    }

    func run(on loop: any EventLoop) throws {
        let delays = nextDelays(self.count, longest: .seconds(1))
        let others = nextDelays(self.live, longest: .seconds(1))
        let cpu = try loop.submit {
            for delay in others { try loop.scheduleCallback(in: delay, handler: Nothing()) }
            let start = cpu_seconds()
            let callbacks = try delays.map {
                try loop.scheduleCallback(in: $0, handler: Nothing())
            }
            for callback in callbacks { callback.cancel() }
            return cpu_seconds() - start
        }.wait()
        report("S2b", "cpu_ns", cpu / Double(self.count) * 1e9)
    }
}
