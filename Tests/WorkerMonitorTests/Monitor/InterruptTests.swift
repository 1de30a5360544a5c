// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// Launchpad's monitor died when it received a signal, and its job waited to be reclaimed.
@Suite struct `Interrupted monitor` {
    private let stubborn: [MemoryStep] = [.ignore(.interrupt), .write("working\n"), .pause]

    // MARK: - Before the worker

    @Test func `an interrupt before the run hands the job back without asking for its data`() {
        playJob { scene in
            scene.monitor.interrupt(.terminate)
            scene.start()
            scene.expectHandedBack()
            #expect(scene.scheduler.calls(.data).isEmpty)
            #expect(scene.scheduler.calls(.heartbeat).isEmpty)
        }
    }

    @Test(arguments: [
        FakeScheduler.Trouble.silence, .late(.seconds(20)), .failure(TestFailure("away")),
    ])
    func `an interrupt cancels the call for the data of the job`(trouble: FakeScheduler.Trouble) {
        playJob { scene in
            scene.scheduler.lastingTroubles[.data] = trouble
            scene.start()
            scene.advance(by: .milliseconds(200))
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            scene.expectHandedBack()
            #expect(scene.endedAt == .milliseconds(200))
            #expect(scene.reactor.processes.isEmpty)
            #expect(scene.outcome?.failure == "The monitor was interrupted by SIGTERM.")
        }
    }

    @Test
    func `an interrupt inside the response of the scheduler prevents the start of the worker`() {
        playJob { scene in
            scene.scheduler.onCall = { [unowned scene] call in
                if call == .data { scene.monitor.interrupt(.terminate) }
            }
            scene.start()
            scene.expectHandedBack()
            #expect(scene.reactor.processes.isEmpty)
        }
    }

    @Test func `an interrupt between the start of the worker and its connection stops it`() {
        playJob([.pause]) { scene in
            scene.scheduler.troubles[.data] = [.late(.seconds(1))]
            scene.start()
            scene.reactor.callLater(.seconds(1)) {
                #expect(scene.reactor.processes.count == 1)
                #expect(scene.monitor.worker?.transport == nil)
                scene.monitor.interrupt(.terminate)
            }
            scene.advance(by: .seconds(2))
            scene.expectHandedBack()
            #expect(scene.sent == ["SIGINT to group at 0.0"])
            #expect(scene.endedAt == .seconds(1))
        }
    }

    // MARK: - While the worker runs

    @Test func `an interrupt stops the worker and hands the job back`() {
        playJob([.write("working\n"), .pause]) { scene in
            scene.start()
            scene.advance(by: .seconds(40))
            scene.monitor.interrupt(.terminate)
            #expect(scene.monitor.progress.stage == .stopping)
            scene.advance(by: .zero)
            scene.expectHandedBack()
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

    @Test func `a worker that ignores the interrupt has the usual time before it is killed`() {
        playJob(self.stubborn) { scene in
            scene.start()
            scene.advance(by: .seconds(1))
            scene.monitor.interrupt(.interrupt)
            scene.advance(by: .milliseconds(4_999))
            #expect(scene.outcome == nil)
            scene.advance(by: .milliseconds(1))
            scene.expectHandedBack()
            #expect(scene.sent == ["SIGINT to group at 1.0", "SIGKILL to group at 6.0"])
        }
    }

    @Test func `a second interrupt kills the worker at once`() {
        playJob(self.stubborn) { scene in
            scene.start()
            scene.advance(by: .seconds(1))
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(1))
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            scene.expectHandedBack()
            #expect(scene.endedAt == .seconds(2))
            #expect(scene.sent == ["SIGINT to group at 1.0", "SIGKILL to group at 2.0"])
            // The monitor skips the last heartbeat, because it would have to wait for it.
            #expect(scene.scheduler.calls(.heartbeat).count == 1)
        }
    }

    @Test func `a second interrupt is part of the reason why the job was not handed back`() {
        playJob(self.stubborn) { scene in
            scene.scheduler.lastingTroubles[.handBack] = .failure(TestFailure("away"))
            scene.start()
            scene.advance(by: .seconds(1))
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            let reason = "\(TestFailure("away")). A second signal ended the wait for a response."
            #expect(scene.delivery == .lost(reason: reason))
            #expect(scene.endedAt == .seconds(1))
        }
    }

    @Test func `a second interrupt cancels the heartbeat in progress`() {
        playJob(self.stubborn) { scene in
            scene.scheduler.troubles[.heartbeat] = [.late(.zero), .silence]
            scene.start()
            scene.advance(by: .seconds(35))
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .zero)
            scene.expectHandedBack()
            #expect(scene.endedAt == .seconds(35))
        }
    }

    // MARK: - After the worker

    @Test func `a job whose worker has exited is finished with its result`() {
        // A descendant holds the output open for the drain time of one second.
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

    @Test func `a second interrupt kills descendants that outlive the worker`() {
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

    @Test func `a finish in progress is completed`() {
        playJob { scene in
            scene.scheduler.troubles[.finish] = [.late(.seconds(10))]
            scene.start()
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(10))
            #expect(scene.delivery == .delivered)
            #expect(scene.report?.cause == .exit)
        }
    }

    // The first argument tests an attempt, the second the pause between two attempts.
    @Test(arguments: [FakeScheduler.Trouble.silence, .failure(TestFailure("away"))])
    func `a second interrupt cancels the finish, in an attempt and in a pause`(
        trouble: FakeScheduler.Trouble
    ) {
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

    @Test func `a second interrupt cancels the last heartbeat and allows one attempt to finish`() {
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

    @Test func `an interrupt after the end has no effect`() {
        playJob { scene in
            scene.start()
            let before = scene.outcome
            scene.monitor.interrupt(.terminate)
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(100))
            #expect(scene.outcome == before)
        }
    }
}
