// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor
internal import WorkerMonitor

/// S6b COUNT BYTES: one piece of output through the protocol of a monitored worker, without the write to the
/// log: what the reset, the count and the tail cost.
final class ChunkScenario {
    private let reactor = LibevReactor()
    private let count: Int
    private let bytes: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        self.bytes = arguments.number(1)
    }

    func run() {
        self.reactor.callWhenRunning {
            let log = CountingLog()
            let worker = MonitoredStub.connectedWorker(log, WorkerMonitorConfiguration())
            let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: self.bytes)
            let start = cpuSeconds()
            for _ in 0..<self.count { worker.childDataReceived(chunk.span.bytes, from: 1) }
            let elapsed = cpuSeconds() - start
            if log.outputBytes != self.count * self.bytes { fail("a chunk was lost") }
            report("S6b", "ns", elapsed / Double(self.count) * 1e9)
            self.reactor.stop()
        }
        self.reactor.run()
    }
}
