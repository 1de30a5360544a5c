// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// The settings of a job scene.
struct JobSetup {
    var steps: [MemoryStep]
    var spawnError: SpawnError?
    var configuration = WorkerMonitorConfiguration()
    var spool: ReportSpool?
    var data = CodeImportJobData(arguments: ["worker", "argument"])
    var log: any JobLogSink = MemoryJobLog()
    var logError: (any Error)?
}

/// One job with a scripted worker, a fake scheduler and a memory reactor.
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

    /// Starts the monitor and runs all events that are due now.
    func start() {
        self.monitor.run().whenFired { [weak self] result in
            self?.outcome = try? result.get()
            self?.endedAt = self?.reactor.now
        }
        self.advance(by: .zero)
    }

    /// Advances the clock.
    func advance(by duration: Duration) {
        self.reactor.advance(by: duration)
        guard !self.knowsWorker, let worker = self.monitor.worker else { return }
        self.knowsWorker = true
        self.detector.track(worker)
    }

    var report: JobReport? { self.outcome?.report }
    var delivery: MonitorOutcome.Delivery? { self.outcome?.delivery }

    /// The content of the log, if it is a log in memory.
    var logText: String { (self.log as? MemoryJobLog)?.text ?? "" }

    /// The signals in the report, for example "SIGINT to group at 3.0".
    var sent: [String] {
        (self.report?.signalsSent ?? []).map { "\($0.signal) to \($0.to) at \($0.at)" }
    }

    /// Expects that the job was handed back and that another monitor can claim it.
    func expectHandedBack(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self.delivery == .handedBack, sourceLocation: sourceLocation)
        #expect(self.report?.cause == .interrupted, sourceLocation: sourceLocation)
        #expect(self.scheduler.pending.count == 1, sourceLocation: sourceLocation)
        #expect(self.scheduler.calls(.finish).isEmpty, sourceLocation: sourceLocation)
    }
}

/// Runs `body` with a job that `body` must start, and checks that the job has ended and that no
/// object and no delayed call remains.
func playJob(
    _ steps: [MemoryStep] = [.exit(0)],
    configure: (inout JobSetup) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (JobScene) throws -> Void
) rethrows {
    let reactor = MemoryReactor()
    var setup = JobSetup(steps: steps)
    configure(&setup)
    let leaks = try LeakDetector.leaks(on: reactor) { detector in
        let scene = JobScene(reactor, setup, detector)
        try body(scene)
        #expect(scene.outcome != nil, "The job has not ended.", sourceLocation: sourceLocation)
    }
    #expect(leaks == [], sourceLocation: sourceLocation)
}
