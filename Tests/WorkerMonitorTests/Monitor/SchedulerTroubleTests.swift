// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `A scheduler in trouble` {
    private let away = FakeScheduler.Trouble.failure(TestFailure("away"))

    /// The seconds at which a call was made, by what the scheduler has noted.
    private func times(_ scene: JobScene, _ call: FakeScheduler.Call) -> [String] {
        scene.scheduler.calls(call).compactMap { line in
            line.split(separator: " ").dropLast().last.map(String.init)
        }
    }

    // MARK: - Before the worker

    @Test func `is asked again for the worker's arguments`() {
        playJob { scene in
            scene.scheduler.troubles[.data] = [self.away, self.away, self.away]
            scene.start()
            scene.advance(by: .seconds(10))
            #expect(self.times(scene, .data) == ["0.0", "0.5", "1.5", "3.5"])
            #expect(scene.report?.status == .success)
            #expect(scene.delivery == .delivered)
        }
    }

    @Test func `that keeps failing before the worker is started has the job finished as failed`() {
        playJob { scene in
            scene.scheduler.lastingTroubles[.data] = self.away
            scene.start()
            scene.advance(by: .seconds(100))
            #expect(scene.report?.status == .failure)
            #expect(scene.report?.cause == .heartbeatFailed)
            #expect(scene.outcome?.failure == "away")
            #expect(scene.delivery == .delivered)
            #expect(scene.reactor.processes.isEmpty)
            // 0.5, 1, 2, 4, 8 and then 15 s apart, for a minute.
            #expect(
                self.times(scene, .data) == [
                    "0.0", "0.5", "1.5", "3.5", "7.5", "15.5", "30.5", "45.5",
                ]
            )
        }
    }

    // Its error is a timeout, and yet nobody's silence but the scheduler's.
    @Test func `that is silent before the worker is started is not taken for a silent worker`() {
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

    @Test func `that comes back in time costs nothing but heartbeats`() {
        playJob([.wait(.seconds(400)), .exit(0)]) { scene in
            scene.scheduler.troubles[.heartbeat] = Array(repeating: self.away, count: 12)
            scene.start()
            scene.advance(by: .seconds(400))
            #expect(scene.report?.status == .success)
            #expect(scene.sent.isEmpty)
            #expect(scene.delivery == .delivered)
        }
    }

    @Test func `that stays away has the worker stopped before the job could be somebody else's`() {
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

    @Test func `that is silent has the worker stopped at the same time`() {
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

    @Test func `that was slow before the start leaves less time for heartbeats`() {
        playJob([.pause]) { scene in
            scene.scheduler.troubles[.data] = [.late(.seconds(25))]
            scene.scheduler.lastingTroubles[.heartbeat] = self.away
            scene.start()
            scene.advance(by: .seconds(300))
            // 289 s after the claim; the worker was started 25 s after it.
            #expect(scene.sent == ["SIGINT to group at 264.0"])
        }
    }

    // Reference W4: a hung call kept the original's result for ever.
    @Test
    func `that leaves a heartbeat without an answer delays the end by no more than its deadline`() {
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

    @Test func `is told the result again until it takes it`() {
        playJob { scene in
            scene.scheduler.troubles[.finish] = [self.away, self.away, self.away, self.away]
            scene.start()
            scene.advance(by: .seconds(10))
            #expect(self.times(scene, .finish) == ["0.0", "0.5", "1.5", "3.5", "7.5"])
            #expect(scene.delivery == .delivered)
        }
    }

    // Reference §5: a second finish is safe.
    @Test func `that took the result and lost its answer says so to the next try`() {
        playJob { scene in
            scene.scheduler.troubles[.finish] = [.lostAnswer]
            scene.start()
            scene.advance(by: .seconds(40))
            #expect(scene.scheduler.results[scene.jobID]?.status == .success)
            #expect(scene.delivery == .jobGone)
            #expect(self.times(scene, .finish) == ["0.0", "30.5"])
        }
    }

    @Test func `that stays away at the end has the report kept`() throws {
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

    @Test func `that says that no try will help has the report kept at once`() throws {
        struct Lasting: LastingSchedulerFailure { var isLasting: Bool }
        try withFolder { folder in
            for (isLasting, end) in [(true, Duration.zero), (false, .milliseconds(45_500))] {
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

    @Test func `that is silent at the end has the report kept`() throws {
        try withFolder { folder in
            playJob(configure: { $0.spool = ReportSpool(folder: folder) }) { scene in
                scene.scheduler.lastingTroubles = [.finish: .silence]
                scene.scheduler.troubles[.heartbeat] = [.late(.zero), .silence]
                scene.start()
                scene.advance(by: .seconds(200))
                // 30 s for the last heartbeat; two tries of 30 s for the finish and a pause
                // between.
                #expect(scene.endedAt == .milliseconds(90_500))
                #expect(
                    ReportSpool(folder: folder).pending().map(\.report).map(\.jobID) == [
                        scene.jobID
                    ]
                )
            }
        }
    }

    @Test func `that stays away at the end, without a spool, has the report lost, and said so`() {
        playJob { scene in
            scene.scheduler.lastingTroubles[.finish] = self.away
            scene.start()
            scene.advance(by: .seconds(100))
            #expect(scene.delivery == .lost(reason: "away"))
            #expect(scene.report?.status == .success)
        }
    }

    @Test
    func `that stays away, with a spool that cannot be written, has the report lost, and said so`()
    {
        playJob(configure: { $0.spool = ReportSpool(folder: "/dev/null/spool") }) { scene in
            scene.scheduler.lastingTroubles[.finish] = self.away
            scene.start()
            scene.advance(by: .seconds(100))
            guard case .lost(let reason)? = scene.delivery else {
                Issue.record("\(String(describing: scene.delivery))")
                return
            }
            let sentence = "The report cannot be kept in /dev/null: Not a directory."
            #expect(reason.hasPrefix("away \(sentence) "))
        }
    }

    @Test func `that is silent for ever at every call cannot hold a monitor for ever`() {
        playJob([.exit(0)]) { scene in
            for call in FakeScheduler.Call.allCases {
                scene.scheduler.lastingTroubles[call] = .silence
            }
            scene.start()
            scene.advance(by: .seconds(600))
            #expect(scene.report?.cause == .heartbeatFailed)
        }
    }

    // Two monitors of one import never both have its job: whoever comes late finds it gone.
    @Test func `that has given the job away says so to whoever comes late`() {
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
