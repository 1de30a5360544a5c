// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Reactor
import WorkerMonitor

/// A worker's protocol that counts the allocations of its thread from chunk to chunk of output.
///
/// The count includes the work of the protocol and the work of the reactor between two chunks.
final class FloodedWorker: CodeImportWorkerMonitorProtocol {
    /// The number of chunks before the count begins, after which all code has run once.
    private static let warmUp = 16

    private let limit: Int
    private var bytes = 0
    private var chunks = 0
    private var first: UInt = 0
    private var latest: UInt = 0

    /// - Parameter limit: The number of bytes after which the count ends. The child can exit during
    ///   the rest, and the exit allocates memory.
    init(_ monitor: AcceptingMonitor, _ log: CountingLog, limit: Int, _ ended: Deferred<ProcessEnd>)
    {
        self.limit = limit
        super.init(deferred: ended, workerMonitor: monitor, logFile: log)
    }

    /// The number of chunks in the count.
    var countedChunks: Int { max(0, self.chunks - Self.warmUp) }

    /// The number of allocations from the end of the warm-up to the last chunk in the count.
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
