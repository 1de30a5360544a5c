// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import WorkerMonitor

/// A worker's protocol that is connected to a stub transport and runs on a test clock.
final class WorkerStage {
    let clock = TestClock()
    let log = CountingLog()
    let monitor: AcceptingMonitor
    let worker: CodeImportWorkerMonitorProtocol
    private let transport: StubTransport

    init(_ configuration: WorkerMonitorConfiguration = WorkerMonitorConfiguration()) {
        self.monitor = AcceptingMonitor(configuration)
        self.worker = CodeImportWorkerMonitorProtocol(
            deferred: Deferred(),
            workerMonitor: self.monitor,
            logFile: self.log,
            clock: self.clock
        )
        self.transport = StubTransport(self.worker, clock: self.clock)
        self.transport.connect()
    }

    /// Fills the log tail to its limit.
    func fillTail() {
        let line = endlessLine
        self.worker.childDataReceived(line.span.bytes, from: 1)
    }

    /// Writes lines of 64 bytes, one at a time.
    func writeLines(_ count: Int) {
        let line = usualLine
        for _ in 0..<count { self.worker.childDataReceived(line.span.bytes, from: 1) }
    }

    /// Lets the worker exit, which releases the protocol and its transport.
    func end() {
        self.transport.end(.exited(code: 0))
    }
}

/// More output without a line feed than a log tail keeps.
///
/// After that a log tail no longer searches for lines.
let endlessLine = [UInt8](repeating: UInt8(ascii: "x"), count: 5 * LogTail.defaultLimit)

/// A line of 64 bytes.
let usualLine = [UInt8](repeating: UInt8(ascii: "x"), count: 63) + [UInt8(ascii: "\n")]
