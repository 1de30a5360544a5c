// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// Reference W17: when the original was told to stop, it died, and its job waited to be reclaimed.
@Suite struct `A monitor that is told to stop` {
    private let stubborn: [MemoryStep] = [.ignore(.interrupt), .write("working\n"), .pause]

    /// That the job was given back, and that another monitor gets it at once.
    private func expectHandedBack(
        _ scene: JobScene,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(scene.delivery == .handedBack, sourceLocation: sourceLocation)
        #expect(scene.report?.cause == .interrupted, sourceLocation: sourceLocation)
        #expect(scene.scheduler.pending.count == 1, sourceLocation: sourceLocation)
        #expect(scene.scheduler.calls(.finish).isEmpty, sourceLocation: sourceLocation)
    }

    // MARK: - Before the worker

    @Test func `before it runs hands the job back without asking what it was`() {
        playJob { scene in
            scene.monitor.interrupt(.terminate)
            scene.start()
            self.expectHandedBack(scene)
            #expect(scene.scheduler.calls(.data).isEmpty)
            #expect(scene.scheduler.calls(.heartbeat).isEmpty)
        }
    }

    @Test(arguments: [
        FakeScheduler.Trouble.silence, .late(.seconds(20)), .failure(TestFailure("away")),
    ])
    func `while it asks what to do waits no longer for the answer`(trouble: FakeScheduler.Trouble) {
        playJob { scene in
            scene.scheduler.lastingTroubles[.data] = trouble
            scene.start()
            scene.advance(by: .milliseconds(200))
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            self.expectHandedBack(scene)
            #expect(scene.endedAt == .milliseconds(200))
            #expect(scene.reactor.processes.isEmpty)
            #expect(scene.outcome?.failure == "The monitor was interrupted by SIGTERM.")
        }
    }

    @Test func `inside of the answer starts no worker`() {
        playJob { scene in
            scene.scheduler.onCall = { [unowned scene] call in
                if call == .data { scene.monitor.interrupt(.terminate) }
            }
            scene.start()
            self.expectHandedBack(scene)
            #expect(scene.reactor.processes.isEmpty)
        }
    }

    @Test func `between the start of the worker and its connection stops it`() {
        playJob([.pause]) { scene in
            scene.scheduler.troubles[.data] = [.late(.seconds(1))]
            scene.start()
            scene.reactor.callLater(.seconds(1)) {
                #expect(scene.reactor.processes.count == 1)
                #expect(scene.monitor.worker?.transport == nil)
                scene.monitor.interrupt(.terminate)
            }
            scene.advance(by: .seconds(2))
            self.expectHandedBack(scene)
            #expect(scene.sent == ["SIGINT to group at 0.0"])
            #expect(scene.endedAt == .seconds(1))
        }
    }

    // MARK: - While the worker runs

    @Test func `stops its worker and hands the job back`() {
        playJob([.write("working\n"), .pause]) { scene in
            scene.start()
            scene.advance(by: .seconds(40))
            scene.monitor.interrupt(.terminate)
            #expect(scene.monitor.progress.stage == .stopping)
            scene.advance(by: .zero)
            self.expectHandedBack(scene)
            #expect(scene.sent == ["SIGINT to group at 40.0"])
            #expect(scene.report?.signal == "SIGINT")
            #expect(scene.outcome?.failure == "The monitor was interrupted by SIGTERM.")
            #expect(
                scene.logText.contains(
                    "Failure: MonitorInterrupted: The monitor was interrupted by SIGTERM."
                )
            )
        }
    }

    @Test func `gives a stubborn worker the usual time`() {
        playJob(self.stubborn) { scene in
            scene.start()
            scene.advance(by: .seconds(1))
            scene.monitor.interrupt(.interrupt)
            scene.advance(by: .milliseconds(4_999))
            #expect(scene.outcome == nil)
            scene.advance(by: .milliseconds(1))
            self.expectHandedBack(scene)
            #expect(scene.sent == ["SIGINT to group at 1.0", "SIGKILL to group at 6.0"])
        }
    }

    @Test func `and told again kills its worker at once`() {
        playJob(self.stubborn) { scene in
            scene.start()
            scene.advance(by: .seconds(1))
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(1))
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            self.expectHandedBack(scene)
            #expect(scene.endedAt == .seconds(2))
            #expect(scene.sent == ["SIGINT to group at 1.0", "SIGKILL to group at 2.0"])
            // The last heartbeat would be one more to wait for.
            #expect(scene.scheduler.calls(.heartbeat).count == 1)
        }
    }

    @Test func `and told again says why the job was not handed back, and who did not wait`() {
        playJob(self.stubborn) { scene in
            scene.scheduler.lastingTroubles[.handBack] = .failure(TestFailure("away"))
            scene.start()
            scene.advance(by: .seconds(1))
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            let reason = "\(TestFailure("away")). A second signal ended the wait for it."
            #expect(scene.delivery == .lost(reason: reason))
            #expect(scene.endedAt == .seconds(1))
        }
    }

    @Test func `and told again waits for no heartbeat that is under way`() {
        playJob(self.stubborn) { scene in
            scene.scheduler.troubles[.heartbeat] = [.late(.zero), .silence]
            scene.start()
            scene.advance(by: .seconds(35))
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            self.expectHandedBack(scene)
            #expect(scene.endedAt == .seconds(35))
        }
    }

    // MARK: - After the worker

    @Test func `lets a job whose worker has exited finish with its result`() {
        // Somebody whom the worker has left behind holds its output for a second.
        playJob([
            .ignore(.hangup), .startDetached([.wait(.seconds(60))]), .start([.wait(.seconds(60))]),
            .exit(0),
        ]) {
            scene in
            scene.start()
            scene.advance(by: .milliseconds(500))
            #expect(scene.outcome == nil)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(60))
            #expect(scene.delivery == .delivered)
            #expect(scene.report?.status == .success)
            #expect(scene.report?.cause == .exit)
            #expect(scene.report?.cutOff == true)
            #expect(scene.sent == ["SIGTERM to group at 1.0"])
        }
    }

    @Test func `and told again kills what the worker has left behind`() {
        playJob([.ignore(.hangup), .start([.ignore(.terminate), .pause]), .exit(3)]) { scene in
            scene.start()
            scene.advance(by: .milliseconds(300))
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .milliseconds(100))
            #expect(scene.delivery == .delivered)
            #expect(scene.report?.status == .successPartial)
            #expect(scene.sent == ["SIGKILL to group at 0.3"])
        }
    }

    @Test func `finishes a job whose result is on its way`() {
        playJob { scene in
            scene.scheduler.troubles[.finish] = [.late(.seconds(10))]
            scene.start()
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(10))
            #expect(scene.delivery == .delivered)
            #expect(scene.report?.cause == .exit)
        }
    }

    // In a try, and in the pause between two of them.
    @Test(arguments: [FakeScheduler.Trouble.silence, .failure(TestFailure("away"))])
    func `and told again waits no longer for the finish`(trouble: FakeScheduler.Trouble) {
        playJob { scene in
            scene.scheduler.lastingTroubles[.finish] = trouble
            scene.start()
            scene.advance(by: .seconds(5))
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(5))
            #expect(scene.outcome == nil)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            #expect(scene.endedAt == .seconds(10))
            guard case .lost? = scene.delivery else {
                Issue.record("\(String(describing: scene.delivery))")
                return
            }
        }
    }

    @Test func `and told again waits no longer for the last heartbeat, and tries the finish once`()
    {
        playJob { scene in
            scene.scheduler.troubles[.heartbeat] = [.late(.zero), .silence]
            scene.scheduler.lastingTroubles[.finish] = .silence
            scene.start()
            scene.advance(by: .seconds(5))
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .milliseconds(999))
            #expect(scene.outcome == nil)
            scene.advance(by: .milliseconds(1))
            #expect(scene.endedAt == .seconds(6))
            #expect(scene.scheduler.calls(.finish).count == 1)
        }
    }

    @Test func `has nothing to stop when all is over`() {
        playJob { scene in
            scene.start()
            let before = scene.outcome
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(100))
            #expect(scene.outcome == before)
        }
    }

    // MARK: - The hand-back

    @Test func `tries again to hand the job back`() {
        playJob([.pause]) { scene in
            scene.scheduler.troubles[.handBack] = [
                .failure(TestFailure("away")), .failure(TestFailure("away")),
            ]
            scene.start()
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(10))
            self.expectHandedBack(scene)
            #expect(scene.endedAt == .milliseconds(1_500))
        }
    }

    @Test func `loses a job that it cannot hand back to the next reclaim, and spools nothing`() {
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

    @Test func `waits for an answer to the hand-back only for so long`() {
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

    @Test func `has nothing to hand back when the job is gone`() {
        playJob([.pause]) { scene in
            scene.start()
            scene.scheduler.delete(scene.jobID)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            #expect(scene.delivery == .jobGone)
        }
    }
}
