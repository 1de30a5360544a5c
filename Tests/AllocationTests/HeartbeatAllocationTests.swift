// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing
import WorkerMonitor

/// A heartbeat is not free, but what it costs is bounded and does not grow.
///
/// It makes a text of the tail, and deferreds for the answer and its deadline. Off here is the
/// inactivity timer, which once in its period comes up and is started again.
@Suite(.countsAllocations, .timeLimit(.minutes(5))) struct `What a heartbeat allocates` {
    /// What each of many beats allocates, with `lines` of output before each.
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

    /// A worker that may be silent, with lines in its tail.
    private func stage(lines: Int = 12) -> WorkerStage {
        var configuration = WorkerMonitorConfiguration()
        configuration.inactivityTimeout = nil
        let stage = WorkerStage(configuration)
        stage.writeLines(lines)
        _ = self.allocationsOfBeats(stage)
        return stage
    }

    @Test func `is the same for each beat while the tail is`() {
        let stage = self.stage()
        let counts = self.allocationsOfBeats(stage)
        #expect(Set(counts).count == 1)
        #expect(stage.monitor.beats == 1001)
        stage.end()
    }

    @Test func `is at most twenty as long as nothing was written`() {
        let stage = self.stage(lines: 0)
        let counts = self.allocationsOfBeats(stage)
        #expect(counts.allSatisfy { $0 <= 20 })
        #expect(stage.monitor.tailBytes == 0)
        stage.end()
    }

    // Without optimization the text of a tail takes hundreds, line by line.
    @Test(.optimized, arguments: [0, 1, 7, 200])
    func `is at most twenty and the same for each beat, whatever was written between`(lines: Int) {
        let stage = self.stage()
        let counts = self.allocationsOfBeats(stage, afterLines: lines)
        #expect(Set(counts).count == 1)
        #expect(counts.allSatisfy { $0 <= 20 })
        #expect(stage.monitor.tailBytes > 200)
        stage.end()
    }
}
