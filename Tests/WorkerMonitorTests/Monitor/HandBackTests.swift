// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Hand-back of a job` {
    @Test func `a failing hand-back is repeated`() {
        playJob([.pause]) { scene in
            scene.scheduler.troubles[.handBack] = [
                .failure(TestFailure("away")), .failure(TestFailure("away")),
            ]
            scene.start()
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(10))
            scene.expectHandedBack()
            #expect(scene.endedAt == .milliseconds(1_500))
        }
    }

    @Test func `a job that cannot be handed back is reclaimed, and its report is not saved`() {
        playJob([.pause], configure: { $0.spool = ReportSpool(folder: "/nowhere") }) { scene in
            scene.scheduler.lastingTroubles[.handBack] = .failure(TestFailure("away"))
            scene.start()
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(100))
            #expect(scene.delivery == .lost(reason: "away"))
            scene.advance(by: .seconds(301))
            var next: Int64?
            scene.scheduler.getJobForMachine("other", workerLimit: 1).addCallback { next = $0 }
            #expect(next == scene.jobID + 1)
        }
    }

    @Test func `the wait for a response to the hand-back is limited`() {
        playJob([.pause]) { scene in
            scene.scheduler.lastingTroubles[.handBack] = .silence
            scene.start()
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(60.5))
            #expect(scene.endedAt == .seconds(60.5))
            guard case .lost? = scene.delivery else {
                Issue.record("\(String(describing: scene.delivery))")
                return
            }
        }
    }

    @Test func `cancelling the run stops the worker and hands the job back before the shutdown`()
        throws
    {
        let reactor = MemoryReactor()
        reactor.programs = { _ in [.ignore(.interrupt), .pause] }
        let scheduler = FakeScheduler(reactor)
        let monitor = CodeImportWorkerMonitor(
            jobID: scheduler.claim(CodeImportJobData(arguments: ["worker"])),
            scheduler: scheduler,
            reactor: reactor,
            configuration: WorkerMonitorConfiguration(),
            makeLog: { _ in MemoryJobLog() }
        )
        let outcome = monitor.run()
        reactor.advance(by: .seconds(1))
        outcome.cancel()
        try failureResult(of: outcome, as: CancelledError.self)
        #expect(!reactor.processes[0].isGone)
        reactor.stop()
        reactor.run()
        #expect(reactor.processes[0].isGone)
        #expect(scheduler.calls(.handBack).count == 1)
        #expect(scheduler.calls(.finish).isEmpty)
        #expect(scheduler.pending.count == 1)
    }

    @Test func `a job that no longer exists is not handed back`() {
        playJob([.pause]) { scene in
            scene.start()
            scene.scheduler.delete(scene.jobID)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            #expect(scene.delivery == .jobGone)
        }
    }
}
