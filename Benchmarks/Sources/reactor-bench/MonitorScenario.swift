// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Reactor
internal import WorkerMonitor

/// S7 KIND JOBS SECONDS RATE CHILD FOLDER: runs JOBS monitored workers, each with a log file in
/// FOLDER, a log tail and a heartbeat every second.
///
/// Each worker writes RATE lines of 64 bytes per second to a stream of KIND, which is `pipe` or
/// `terminal`. The measurement takes SECONDS.
final class MonitorScenario {
    private static let lineLength = 64.0
    private static let windowBegins = 0.5

    private let reactor = LibevReactor()
    private let scheduler: AcceptingScheduler
    private let configuration: WorkerMonitorConfiguration
    private let jobs: Int
    private let seconds: Double
    private let rate: Double
    private let folder: String
    private let logger = Logger(label: "none") { _ in SwiftLogNoOpLogHandler() }
    private var logs: [JobLog] = []
    private var left: Int

    init(_ arguments: ScenarioArguments) {
        self.jobs = arguments.number(1)
        self.left = self.jobs
        self.seconds = arguments.seconds(2)
        self.rate = arguments.seconds(3)
        self.folder = arguments.text(5)
        var configuration = WorkerMonitorConfiguration()
        configuration.streams = arguments.text(0) == "pipe" ? .pipes : .terminal
        configuration.heartbeatInterval = .seconds(1)
        self.configuration = configuration
        // The workers run for longer than the measurement, so that all are alive at its end.
        let command = [
            arguments.text(4), "lines", "\(self.seconds + 2)", arguments.text(3), arguments.text(1),
        ]
        self.scheduler = AcceptingScheduler(CodeImportJobData(arguments: command))
        raiseDescriptorLimit()
    }

    func run() {
        var resident = 0.0
        self.reactor.callWhenRunning {
            self.logs.reserveCapacity(self.jobs)
            resetPeak()
            resident = residentBytes()
            for number in 0..<self.jobs { self.start(number) }
            self.waitForOutput()
        }
        self.reactor.run()
        report("S7", "bytes", (peakResidentBytes() - resident) / Double(self.jobs))
        let written = Double(self.jobs) * ((self.seconds + 2) * self.rate).rounded(.down)
        report("S7", "lost_lines", written - Double(self.outputBytes) / Self.lineLength)
    }

    private var outputBytes: Int64 {
        self.logs.reduce(0) { $0 + $1.outputBytes }
    }

    private func start(_ number: Int) {
        let monitor = CodeImportWorkerMonitor(
            jobID: Int64(number),
            scheduler: self.scheduler,
            reactor: self.reactor,
            configuration: self.configuration,
            logger: self.logger
        ) { _ in
            let log = try JobLog(path: "\(self.folder)/\(number).log")
            self.logs.append(log)
            return log
        }
        monitor.run().whenFired { result in
            if case .success(let outcome) = result, !outcome.report.status.isSuccess {
                fail("job \(number) failed: \(outcome)")
            }
            self.left -= 1
            if self.left == 0 { self.reactor.stop() }
        }
    }

    /// Polls for the first output, and then starts the measurement.
    ///
    /// The workers start to write once all of them have started.
    private func waitForOutput() {
        self.reactor.callLater(.milliseconds(20)) {
            if self.outputBytes > 0 { self.measure() } else { self.waitForOutput() }
        }
    }

    private func measure() {
        var cpu = 0.0
        var start = 0.0
        var bytes: Int64 = 0
        var writes = 0.0
        self.reactor.callLater(.seconds(Self.windowBegins)) {
            cpu = cpuSeconds()
            start = monotonicSeconds()
            bytes = self.outputBytes
            writes = writeCalls()
        }
        self.reactor.callLater(.seconds(Self.windowBegins + self.seconds)) {
            let lines = Double(self.outputBytes - bytes) / Self.lineLength
            report("S7", "cpu_us_per_line", (cpuSeconds() - cpu) / lines * 1e6)
            // The monitor writes the data of each read to the log with one call.
            report("S7", "lines_per_read", lines / (writeCalls() - writes))
            report("S7", "lines_per_s", lines / (monotonicSeconds() - start))
        }
    }
}

/// A scheduler in memory that returns the same data for every job and accepts every request.
private final class AcceptingScheduler: CodeImportScheduler {
    private let data: CodeImportJobData
    private var tails: [Int64: String] = [:]

    init(_ data: CodeImportJobData) {
        self.data = data
    }

    func getJobForMachine(_ hostname: String, workerLimit: Int) -> Deferred<Int64?> {
        .succeeded(nil)
    }

    func getImportDataForJobID(_ jobID: Int64) -> Deferred<CodeImportJobData> {
        .succeeded(self.data)
    }

    func updateHeartbeat(_ jobID: Int64, logTail: String) -> Deferred<Void> {
        self.tails[jobID] = logTail
        return .succeeded(())
    }

    func finishJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.tails[jobID] = nil
        return .succeeded(())
    }
}
