// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing
import WorkerMonitor

/// The allocations of a heartbeat, which are few and do not become more.
///
/// A heartbeat makes a string from the log tail, and deferreds for the result and its timeout. The
/// inactivity timer is off here, because it is started again once in each period.
@Suite(.countsAllocations, .timeLimit(.minutes(5))) struct `Allocations of heartbeats` {
    /// Returns the number of allocations of each of 500 heartbeats, after `lines` lines of output.
    private func allocationsOfBeats(_ stage: WorkerStage, afterLines lines: Int = 0) -> [Int] {
        let interval = stage.monitor.configuration.heartbeatInterval
        var counts: [Int] = []
        counts.reserveCapacity(500)
        for _ in 0..<500 {
            let count = allocations {
                stage.writeLines(lines)
                stage.clock.advance(by: interval)
            }
            counts.append(count)
        }
        return counts
    }

    /// Returns a worker without an inactivity timeout, with lines in its log tail.
    private func stage(lines: Int = 12) -> WorkerStage {
        var configuration = WorkerMonitorConfiguration()
        configuration.inactivityTimeout = nil
        let stage = WorkerStage(configuration)
        stage.writeLines(lines)
        _ = self.allocationsOfBeats(stage)
        return stage
    }

    @Test func `heartbeats with the same log tail make the same number of allocations`() {
        let stage = self.stage()
        let counts = self.allocationsOfBeats(stage)
        #expect(Set(counts).count == 1)
        #expect(stage.monitor.beats == 1001)
        stage.end()
    }

    @Test func `a heartbeat with an empty log tail makes at most twenty allocations`() {
        let stage = self.stage(lines: 0)
        let counts = self.allocationsOfBeats(stage)
        #expect(counts.allSatisfy { $0 <= 20 })
        #expect(stage.monitor.tailBytes == 0)
        stage.end()
    }

    // Without optimization, the string of a log tail takes hundreds of allocations, some per line.
    @Test(.optimized, arguments: [0, 1, 7, 200])
    func `a heartbeat makes at most twenty allocations after any amount of output`(lines: Int) {
        let stage = self.stage()
        let counts = self.allocationsOfBeats(stage, afterLines: lines)
        #expect(Set(counts).count == 1)
        #expect(counts.allSatisfy { $0 <= 20 })
        #expect(stage.monitor.tailBytes > 200)
        stage.end()
    }
}
