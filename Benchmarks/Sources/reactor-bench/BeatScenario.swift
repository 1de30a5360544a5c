// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor
internal import WorkerMonitor

/// `beats` COUNT: COUNT heartbeats of one job whose tail is full, to a scheduler that accepts at once.
final class BeatScenario {
    private let reactor = LibevReactor()
    private let count: Int
    private var worker: ProcessProtocol?

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
    }

    func run() {
        var start = 0.0
        self.reactor.callWhenRunning {
            var configuration = WorkerMonitorConfiguration()
            configuration.heartbeatInterval = .milliseconds(1)
            let worker = MonitoredStub.connectedWorker(CountingLog(), configuration) { beats in
                if beats == self.count { self.reactor.stop() }
            }
            self.worker = worker
            let line = [UInt8](repeating: UInt8(ascii: "x"), count: 63) + [UInt8(ascii: "\n")]
            for _ in 0..<200 { worker.childDataReceived(line.span.bytes, from: 1) }
            start = cpuSeconds()
        }
        self.reactor.run()
        report("beats", "ns", (cpuSeconds() - start) / Double(self.count) * 1e9)
    }
}
