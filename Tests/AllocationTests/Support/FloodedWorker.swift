// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Reactor
import WorkerMonitor

/// The protocol of a worker that notes what its thread has allocated from the end of one chunk to
/// the end of a later one: the protocol's own work, and all that the reactor does between two.
final class FloodedWorker: CodeImportWorkerMonitorProtocol {
    /// In chunks; by then everything was done once.
    private static let warmUp = 16

    private let limit: Int
    private var bytes = 0
    private var chunks = 0
    private var first: UInt = 0
    private var latest: UInt = 0

    /// - Parameter limit: after so many bytes it counts no more; in what comes then, the child may
    ///   exit, which is not free.
    init(_ monitor: AcceptingMonitor, _ log: CountingLog, limit: Int, _ ended: Deferred<ProcessEnd>)
    {
        self.limit = limit
        super.init(deferred: ended, workerMonitor: monitor, logFile: log)
    }

    /// How many chunks were counted.
    var countedChunks: Int { max(0, self.chunks - Self.warmUp) }

    /// What was allocated from the end of the warm-up to the last of them.
    var allocations: UInt { self.latest - self.first }

    override func connectionMade() {
        super.connectionMade()
        let line = endlessLine
        super.outReceived(line.span.bytes)
    }

    override func outReceived(_ data: RawSpan) {
        super.outReceived(data)
        self.bytes += data.byteCount
        guard self.bytes <= self.limit else { return }
        self.chunks += 1
        self.latest = allocation_counter_of_thread()
        if self.chunks <= Self.warmUp { self.first = self.latest }
    }
}
