// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Scheduler in trouble` {
    private let away = FakeScheduler.Trouble.failure(TestFailure("away"))

    /// Returns the times of a call in seconds, as the scheduler has recorded them.
    private func times(_ scene: JobScene, _ call: FakeScheduler.Call) -> [String] {
        scene.scheduler.calls(call).compactMap { line in
            line.split(separator: " ").dropLast().last.map(String.init)
        }
    }

    // MARK: - Before the worker

    @Test func `a failing call for the arguments is repeated`() {
        playJob { scene in
            scene.scheduler.troubles[.data] = [self.away, self.away, self.away]
            scene.start()
            scene.advance(by: .seconds(10))
            #expect(self.times(scene, .data) == ["0.0", "0.5", "1.5", "3.5"])
            #expect(scene.report?.status == .success)
            #expect(scene.delivery == .delivered)
        }
    }

    @Test func `a job fails if its arguments cannot be read within the wait limit`() {
        playJob { scene in
            scene.scheduler.lastingTroubles[.data] = self.away
            scene.start()
            scene.advance(by: .seconds(100))
            #expect(scene.report?.status == .internalFailure)
            #expect(scene.report?.fault == .machine)
            #expect(scene.report?.cause == .heartbeatFailed)
            #expect(scene.outcome?.failure == "away")
            #expect(scene.delivery == .delivered)
            #expect(scene.reactor.processes.isEmpty)
            // The pauses are 0.5, 1, 2, 4, 8 and then 15 seconds, for a minute.
            #expect(
                self.times(scene, .data) == [
                    "0.0", "0.5", "1.5", "3.5", "7.5", "15.5", "30.5", "45.5", "60.0",
                ]
            )
        }
    }

    // The error is a timeout of the scheduler, not of the worker.
    @Test func `a scheduler that is silent before the start is not reported as an inactive worker`()
    {
        playJob { scene in
            scene.scheduler.lastingTroubles[.data] = .silence
            scene.start()
            scene.advance(by: .seconds(200))
            #expect(scene.report?.cause == .heartbeatFailed)
            #expect(self.times(scene, .data) == ["0.0", "30.5"])
            #expect(scene.delivery == .delivered)
        }
    }

    // MARK: - While the worker runs

    @Test func `failed heartbeats do not change the result if the scheduler recovers in time`() {
        playJob([.wait(.seconds(400)), .exit(0)]) { scene in
            scene.scheduler.troubles[.heartbeat] = Array(repeating: self.away, count: 12)
            scene.start()
            scene.advance(by: .seconds(400))
            #expect(scene.report?.status == .success)
            #expect(scene.sent.isEmpty)
            #expect(scene.delivery == .delivered)
        }
    }

    @Test func `a worker without accepted heartbeats is gone before its lease expires`() {
        playJob([.ignore(.interrupt), .wait(.seconds(60)), .pause]) { scene in
            scene.scheduler.lastingTroubles[.heartbeat] = self.away
            scene.start()
            scene.advance(by: .seconds(299))
            #expect(scene.reactor.processes[0].isGone)
            #expect(scene.sent == ["SIGINT to group at 289.0", "SIGKILL to group at 294.0"])
            #expect(scene.report?.cause == .heartbeatFailed)
            #expect(scene.delivery == .delivered)
            scene.scheduler.reclaimStaleJobs()
            #expect(scene.scheduler.pending.isEmpty)
        }
    }

    @Test func `a worker whose heartbeats get no response is gone before its lease expires`() {
        playJob([.ignore(.interrupt), .pause]) { scene in
            scene.scheduler.lastingTroubles[.heartbeat] = .silence
            scene.start()
            scene.advance(by: .seconds(299))
            #expect(scene.reactor.processes[0].isGone)
            scene.advance(by: .seconds(600))
            #expect(scene.sent == ["SIGINT to group at 289.0", "SIGKILL to group at 294.0"])
            #expect(scene.report?.cause == .heartbeatFailed)
        }
    }

    @Test func `the time before the start of the worker counts toward the age of the lease`() {
        playJob([.pause]) { scene in
            scene.scheduler.troubles[.data] = [.late(.seconds(25))]
            scene.scheduler.lastingTroubles[.heartbeat] = self.away
            scene.start()
            scene.advance(by: .seconds(300))
            // The worker was started 25 s after the claim and is stopped 289 s after the claim.
            #expect(scene.sent == ["SIGINT to group at 264.0"])
        }
    }

    // A call without a response delayed the result of Launchpad's monitor forever.
    @Test
    func `a heartbeat without a response delays the end up to its time limit`() {
        playJob([.wait(.seconds(70)), .exit(0)]) { scene in
            scene.scheduler.troubles[.heartbeat] = [.late(.zero), .late(.zero), .silence]
            scene.start()
            scene.advance(by: .seconds(80))
            #expect(scene.outcome == nil)
            scene.advance(by: .seconds(10))
            #expect(scene.endedAt == .seconds(90))
            #expect(scene.delivery == .delivered)
        }
    }

    // MARK: - After the worker

    @Test func `a failing finish is repeated`() {
        playJob { scene in
            scene.scheduler.troubles[.finish] = [self.away, self.away, self.away, self.away]
            scene.start()
            scene.advance(by: .seconds(10))
            #expect(self.times(scene, .finish) == ["0.0", "0.5", "1.5", "3.5", "7.5"])
            #expect(scene.delivery == .delivered)
        }
    }

    @Test func `a repeated finish after a lost response finds no job, and the result is recorded`()
    {
        playJob { scene in
            scene.scheduler.troubles[.finish] = [.lostResponse]
            scene.start()
            scene.advance(by: .seconds(40))
            #expect(scene.scheduler.results[scene.jobID]?.status == .success)
            #expect(scene.delivery == .jobGone)
            #expect(self.times(scene, .finish) == ["0.0", "30.5"])
        }
    }

    @Test func `a report is saved if the scheduler rejects it for too long`() throws {
        try withFolder { folder in
            try playJob(configure: { $0.spool = ReportSpool(folder: folder) }) { scene in
                scene.scheduler.lastingTroubles[.finish] = self.away
                scene.start()
                scene.advance(by: .seconds(100))
                #expect(
                    scene.delivery
                        == .spooled(path: "\(folder)/job-\(scene.jobID).json", reason: "away")
                )
                let report = try #require(scene.report)
                #expect(ReportSpool(folder: folder).pending().map(\.report) == [report])
            }
        }
    }

    @Test func `a report is saved at once after a permanent failure`() throws {
        struct Lasting: LastingSchedulerFailure { var isLasting: Bool }
        try withFolder { folder in
            for (isLasting, end) in [(true, Duration.zero), (false, .seconds(60))] {
                playJob(configure: { $0.spool = ReportSpool(folder: folder) }) { scene in
                    scene.scheduler.lastingTroubles[.finish] = .failure(
                        Lasting(isLasting: isLasting)
                    )
                    scene.start()
                    scene.advance(by: .seconds(100))
                    #expect(scene.endedAt == end)
                    guard case .spooled? = scene.delivery else {
                        Issue.record("\(String(describing: scene.delivery))")
                        return
                    }
                }
            }
        }
    }

    @Test func `a report is saved if the scheduler does not respond`() throws {
        try withFolder { folder in
            playJob(configure: { $0.spool = ReportSpool(folder: folder) }) { scene in
                scene.scheduler.lastingTroubles = [.finish: .silence]
                scene.scheduler.troubles[.heartbeat] = [.late(.zero), .silence]
                scene.start()
                scene.advance(by: .seconds(200))
                // 30 s for the last heartbeat, and two attempts of 30 s to finish with a pause of
                // 0.5 s.
                #expect(scene.endedAt == .milliseconds(90_500))
                #expect(
                    ReportSpool(folder: folder).pending().map(\.report).map(\.jobID) == [
                        scene.jobID
                    ]
                )
            }
        }
    }

    @Test func `a report that is not accepted is lost without a spool, and the outcome says so`() {
        playJob { scene in
            scene.scheduler.lastingTroubles[.finish] = self.away
            scene.start()
            scene.advance(by: .seconds(100))
            #expect(scene.delivery == .lost(reason: "away"))
            #expect(scene.report?.status == .success)
        }
    }

    @Test
    func `a report that cannot be saved is lost, and the outcome says so`() {
        playJob(configure: { $0.spool = ReportSpool(folder: "/dev/null/spool") }) { scene in
            scene.scheduler.lastingTroubles[.finish] = self.away
            scene.start()
            scene.advance(by: .seconds(100))
            guard case .lost(let reason)? = scene.delivery else {
                Issue.record("\(String(describing: scene.delivery))")
                return
            }
            let sentence = "The report cannot be saved in /dev/null: Not a directory."
            #expect(reason.hasPrefix("away \(sentence) "))
        }
    }

    @Test func `a scheduler that never responds does not block the monitor forever`() {
        playJob([.exit(0)]) { scene in
            for call in FakeScheduler.Call.allCases {
                scene.scheduler.lastingTroubles[call] = .silence
            }
            scene.start()
            scene.advance(by: .seconds(600))
            #expect(scene.report?.cause == .heartbeatFailed)
        }
    }

    // Two monitors never have the same attempt: the id of a reclaimed job is unknown.
    @Test func `a monitor whose lease has expired finds no job`() {
        playJob([.ignore(.interrupt), .pause]) { scene in
            scene.scheduler.lastingTroubles[.heartbeat] = .silence
            scene.start()
            scene.advance(by: .seconds(301))
            scene.scheduler.reclaimStaleJobs()
            #expect(scene.scheduler.pending.count == 1)
            scene.scheduler.lastingTroubles = [:]
            scene.advance(by: .seconds(60))
            #expect(scene.delivery == .jobGone)
            #expect(scene.scheduler.results.isEmpty)
        }
    }
}
