// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// What a job's monitor is made with.
struct JobSetup {
    var steps: [MemoryStep]
    var spawnError: SpawnError?
    var configuration = WorkerMonitorConfiguration()
    var spool: ReportSpool?
    var data = CodeImportJobData(arguments: ["worker", "argument"])
    var log: any JobLogSink = MemoryJobLog()
    var logError: (any Error)?
}

/// One job from its claim to its finish, with a scripted worker and a fake scheduler on a fake
/// reactor.
final class JobScene {
    let reactor: MemoryReactor
    let scheduler: FakeScheduler
    let messages = RecordedLog()
    let jobID: Int64
    let log: any JobLogSink
    let monitor: CodeImportWorkerMonitor
    private(set) var outcome: MonitorOutcome?
    private(set) var endedAt: Duration?
    private let detector: LeakDetector
    private var knowsWorker = false

    init(_ reactor: MemoryReactor, _ setup: JobSetup, _ detector: LeakDetector) {
        self.reactor = reactor
        reactor.programs = { _ throws(SpawnError) in
            if let error = setup.spawnError { throw error }
            return setup.steps
        }
        self.scheduler = FakeScheduler(reactor)
        self.jobID = self.scheduler.claim(setup.data)
        self.log = setup.log
        self.detector = detector
        self.monitor = CodeImportWorkerMonitor(
            jobID: self.jobID,
            scheduler: self.scheduler,
            reactor: reactor,
            configuration: setup.configuration,
            spool: setup.spool,
            logger: self.messages.logger,
            makeLog: { _ in
                if let error = setup.logError { throw error }
                return setup.log
            }
        )
        for object in [self, self.scheduler, self.monitor] as [AnyObject] { detector.track(object) }
    }

    /// Starts the monitor and lets everything happen that takes no time.
    func start() {
        self.monitor.run().whenFired { [weak self] result in
            self?.outcome = try? result.get()
            self?.endedAt = self?.reactor.now
        }
        self.advance(by: .zero)
    }

    /// Lets time pass.
    func advance(by duration: Duration) {
        self.reactor.advance(by: duration)
        guard !self.knowsWorker, let worker = self.monitor.worker else { return }
        self.knowsWorker = true
        self.detector.track(worker)
    }

    var report: JobReport? { self.outcome?.report }
    var delivery: MonitorOutcome.Delivery? { self.outcome?.delivery }

    /// The log, if it is one in memory.
    var logText: String { (self.log as? MemoryJobLog)?.text ?? "" }

    /// The signals in the report, for example "SIGINT to group at 3.0".
    var sent: [String] {
        (self.report?.signalsSent ?? []).map { "\($0.signal) to \($0.to) at \($0.at)" }
    }
}

/// Plays `body` with a job that is to be started, and checks that it leaves nothing behind once the
/// job is over.
func playJob(
    _ steps: [MemoryStep] = [.exit(0)],
    configure: (inout JobSetup) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (JobScene) throws -> Void
) rethrows {
    let reactor = MemoryReactor()
    let detector = LeakDetector(on: reactor)
    var setup = JobSetup(steps: steps)
    configure(&setup)
    // A separate function, so that its local references are gone before leaks are counted.
    func perform() throws {
        let scene = JobScene(reactor, setup, detector)
        try body(scene)
        #expect(scene.outcome != nil, "The job is not over.", sourceLocation: sourceLocation)
    }
    try perform()
    #expect(detector.leaks == [], sourceLocation: sourceLocation)
}
