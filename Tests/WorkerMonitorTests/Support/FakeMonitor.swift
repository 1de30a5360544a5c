// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import WorkerMonitor

/// What a worker's protocol talks to: notes the heartbeats, and answers as it is told.
final class FakeMonitor: WorkerMonitoring {
    let configuration: WorkerMonitorConfiguration
    private let clock: any ReactorTime
    /// The tails of the heartbeats.
    private(set) var tails: [String] = []
    /// When they came.
    private(set) var times: [Duration] = []
    /// Says what comes of a heartbeat, by its number from 1.
    var answer: (Int) throws -> Deferred<Void> = { _ in .succeeded(()) }
    var leaseStart: Duration?

    init(_ configuration: WorkerMonitorConfiguration, _ clock: any ReactorTime) {
        self.configuration = configuration
        self.clock = clock
    }

    func updateHeartbeat(_ logTail: String) -> Deferred<Void> {
        self.tails.append(logTail)
        self.times.append(self.clock.now)
        do { return try self.answer(self.tails.count) } catch { return .failed(error) }
    }
}
