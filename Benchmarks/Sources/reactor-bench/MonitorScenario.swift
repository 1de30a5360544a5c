// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Reactor
internal import WorkerMonitor

/// S7 KIND JOBS SECONDS RATE CHILD FOLDER: JOBS monitored workers that write RATE lines of 64 bytes a second
/// each, with a log file, a tail and a heartbeat each second.
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
        configuration.usesPipes = arguments.text(0) == "pipe"
        configuration.heartbeatInterval = .seconds(1)
        self.configuration = configuration
        // They go on for longer than is measured, so that all are there to its end.
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
            self.watchWhenBegun()
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
                fail("a job failed: \(outcome)")
            }
            self.left -= 1
            if self.left == 0 { self.reactor.stop() }
        }
    }

    /// The workers begin when all of them are there.
    private func watchWhenBegun() {
        self.reactor.callLater(.milliseconds(20)) {
            if self.outputBytes > 0 { self.watch() } else { self.watchWhenBegun() }
        }
    }

    private func watch() {
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
            // Each read is one write to a log.
            report("S7", "lines_per_read", lines / (writeCalls() - writes))
            report("S7", "lines_per_s", lines / (monotonicSeconds() - start))
        }
    }
}
