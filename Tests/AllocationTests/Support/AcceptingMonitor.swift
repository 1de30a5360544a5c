// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import WorkerMonitor

/// A monitor that accepts every heartbeat at once and stores none.
final class AcceptingMonitor: WorkerMonitoring {
    let configuration: WorkerMonitorConfiguration
    private(set) var beats = 0
    private(set) var tailBytes = 0

    init(_ configuration: WorkerMonitorConfiguration) {
        self.configuration = configuration
    }

    func updateHeartbeat(_ logTail: String) -> Deferred<Void> {
        self.beats += 1
        self.tailBytes = logTail.utf8.count
        return .succeeded(())
    }
}
