// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor
internal import WorkerMonitor

/// S6b COUNT BYTES: passes COUNT pieces of BYTES bytes to the protocol of a monitored worker.
///
/// The log does not write the output anywhere, so the scenario measures the reset of the inactivity
/// timeout, the byte count and the log tail.
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
            let worker = HeartbeatCounter.connectedWorker(log, WorkerMonitorConfiguration())
            let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: self.bytes)
            let start = cpuSeconds()
            for _ in 0..<self.count { worker.childDataReceived(chunk.span.bytes, from: 1) }
            let elapsed = cpuSeconds() - start
            let expected = self.count * self.bytes
            if log.outputBytes != expected {
                fail("the log received \(log.outputBytes) of \(expected) bytes")
            }
            report("S6b", "ns", elapsed / Double(self.count) * 1e9)
            self.reactor.stop()
        }
        self.reactor.run()
    }
}

/// `heartbeats` COUNT: sends COUNT heartbeats of one job with a full log tail.
///
/// Each heartbeat is accepted at once.
final class HeartbeatScenario {
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
            let worker = HeartbeatCounter.connectedWorker(CountingLog(), configuration) {
                if $0 == self.count { self.reactor.stop() }
            }
            self.worker = worker
            let line = [UInt8](repeating: UInt8(ascii: "x"), count: 63) + [UInt8(ascii: "\n")]
            for _ in 0..<200 { worker.childDataReceived(line.span.bytes, from: 1) }
            start = cpuSeconds()
        }
        self.reactor.run()
        report("heartbeats", "ns", (cpuSeconds() - start) / Double(self.count) * 1e9)
    }
}

/// A monitor that counts heartbeats instead of sending them to a scheduler.
private final class HeartbeatCounter: WorkerMonitoring {
    let configuration: WorkerMonitorConfiguration
    private var heartbeats = 0
    private let onHeartbeat: (Int) -> Void

    private init(
        _ configuration: WorkerMonitorConfiguration,
        _ onHeartbeat: @escaping (Int) -> Void
    ) {
        self.configuration = configuration
        self.onHeartbeat = onHeartbeat
    }

    /// Returns the protocol of a worker, connected to a transport without a process.
    ///
    /// Call this in a turn of the reactor. The protocol calls `onHeartbeat` with the number of
    /// heartbeats so far.
    static func connectedWorker(
        _ log: any JobLogSink,
        _ configuration: WorkerMonitorConfiguration,
        onHeartbeat: @escaping (Int) -> Void = { _ in }
    ) -> ProcessProtocol {
        let worker = CodeImportWorkerMonitorProtocol(
            deferred: Deferred(),
            workerMonitor: HeartbeatCounter(configuration, onHeartbeat),
            logFile: log
        )
        worker.makeConnection(NoProcess())
        return worker
    }

    func updateHeartbeat(_ logTail: String) -> Deferred<Void> {
        self.heartbeats += 1
        self.onHeartbeat(self.heartbeats)
        return .succeeded(())
    }
}

/// A log that counts the bytes of output and writes nothing.
private final class CountingLog: JobLogSink {
    let path: String? = nil
    // The only accesses are plain loads and additions on the reactor's thread, which cannot
    // overlap. The run-time check would be part of the measured cost.
    @exclusivity(unchecked) private(set) var outputBytes: Int64 = 0
    var logBytes: Int64 { self.outputBytes }

    func append(_ output: RawSpan) throws(JobLogError) {
        self.outputBytes += Int64(output.byteCount)
    }

    func note(_ text: String) throws(JobLogError) {}

    func endWriting() -> (@Sendable () throws -> Int64)? { nil }
}

/// A transport without a process.
private final class NoProcess: ProcessTransport {
    let pid: Int32? = nil
    let exit: ProcessExit? = nil
    func write(_ bytes: [UInt8]) -> WriteOutcome { .refused }
    func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome { .refused }
    func closeChildDescriptor(_ descriptor: Int32) {}
    func loseConnection() {}
    func signalProcess(_ signal: Signal, to target: SignalTarget) throws {}
    func pauseProducing() {}
    func resumeProducing() {}
    func resizeTerminal(rows: UInt16, columns: UInt16) {}
    func giveUp() {}
}
