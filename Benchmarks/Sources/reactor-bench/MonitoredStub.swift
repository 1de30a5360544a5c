// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor
internal import WorkerMonitor

/// A monitor without a scheduler, for the protocol of a worker that is not there.
final class MonitoredStub: WorkerMonitoring {
    let configuration: WorkerMonitorConfiguration
    private(set) var beats = 0
    private let whenBeaten: (Int) -> Void

    private init(_ configuration: WorkerMonitorConfiguration, _ whenBeaten: @escaping (Int) -> Void)
    {
        self.configuration = configuration
        self.whenBeaten = whenBeaten
    }

    /// Makes the protocol of a worker and connects it to nothing; inside a turn of the reactor.
    static func connectedWorker(
        _ log: any JobLogSink,
        _ configuration: WorkerMonitorConfiguration,
        whenBeaten: @escaping (Int) -> Void = { _ in }
    ) -> ProcessProtocol {
        let worker = CodeImportWorkerMonitorProtocol(
            deferred: Deferred(),
            workerMonitor: MonitoredStub(configuration, whenBeaten),
            logFile: log
        )
        worker.makeConnection(NoProcess())
        return worker
    }

    func updateHeartbeat(_ logTail: String) -> Deferred<Void> {
        self.beats += 1
        self.whenBeaten(self.beats)
        return .succeeded(())
    }
}

/// A log that only counts.
final class CountingLog: JobLogSink {
    let path: String? = nil
    // One plain addition: this stands for a write that is not measured, and is to cost nothing itself.
    @exclusivity(unchecked) private(set) var outputBytes: Int64 = 0
    var logBytes: Int64 { self.outputBytes }

    func append(_ output: RawSpan) throws(JobLogError) {
        self.outputBytes += Int64(output.byteCount)
    }

    func note(_ text: String) throws(JobLogError) {}

    func endWriting() -> (@Sendable () throws -> Int64)? { nil }
}

/// The transport of a process that is not there.
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
