// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `Expired lease` {
    let fixture: StoreFixture
    let id: Int64
    var store: JobStore { self.fixture.store }

    init() throws {
        self.fixture = try StoreFixture()
        self.id = try self.fixture.store.submit(.hourly(), claimedFor: "worker", now: at(0))
    }

    @Test func `a lease expires when the last heartbeat is more than 300 seconds old`()
        throws
    {
        #expect(try self.store.reclaimStaleJobs(now: at(300)) == [])
        let later = WallTime(microseconds: at(300).microseconds + 1)
        #expect(try self.store.reclaimStaleJobs(now: later) == [self.id])
        #expect(try self.store.reclaimStaleJobs(now: later) == [])
    }

    @Test func `a job is not reclaimed while its heartbeats arrive in time`() throws {
        try self.store.updateHeartbeat(ofJob: self.id, logTail: "", now: at(299))
        #expect(try self.store.reclaimStaleJobs(now: at(599)) == [])
        #expect(try self.store.reclaimStaleJobs(now: at(600)) == [self.id])
    }

    @Test func `a reclaimed job has the result RECLAIMED with its last log tail`() throws {
        try self.store.updateHeartbeat(ofJob: self.id, logTail: "so far\n", now: at(30))
        try self.store.reclaimStaleJobs(now: at(331))
        let result = try #require(self.store.jobs().recent.first)
        #expect(result.status == .reclaimed)
        #expect(result.tail == "so far\n")
        #expect(result.logPath == nil)
        #expect(result.report == nil)
        #expect(result.dateStarted == at(0))
        #expect(result.dateFinished == at(331))
    }

    @Test func `a reclaimed job is due at once with a new id, and its old id is invalid`()
        throws
    {
        try self.store.reclaimStaleJobs(now: at(301))
        let next = try #require(try self.store.onlyPendingJob())
        #expect(next.id > self.id)
        #expect(next.dateDue == at(301))
        #expect(try self.store.history(self.id) == [.create, .start, .reclaim])
        #expect(try self.store.events(ofJob: self.id).last?.successorID == next.id)
        let gone = NoSuchCodeImportJob(jobID: self.id)
        #expect(throws: gone) {
            try self.store.updateHeartbeat(ofJob: self.id, logTail: "", now: at(302))
        }
        #expect(throws: gone) {
            try self.store.finishJob(self.id, report: report(.success), now: at(302))
        }
        #expect(throws: gone) {
            try self.store.handBackJob(self.id, report: report(.failure), now: at(302))
        }
        #expect(throws: gone) { try self.store.importData(ofJob: self.id) }
    }

    @Test func `a reclaim counts as a failure`() throws {
        try self.store.reclaimStaleJobs(now: at(301))
        #expect(try self.store.onlyImport()?.consecutiveFailures == 1)
        try self.store.runDueJob(.failure, from: at(1_000))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(1_000 + 2 * 3_600))
    }

    @Test func `an import becomes failing when five of its jobs in a row are reclaimed`() throws {
        var now = at(0)
        for _ in 0..<4 {
            now = now + .seconds(301)
            #expect(try self.store.getJobForMachine("worker", workerLimit: 1, now: now) != nil)
        }
        now = now + .seconds(301)
        #expect(try self.store.getJobForMachine("worker", workerLimit: 1, now: now) == nil)
        #expect(try self.store.onlyImport()?.reviewStatus == .failing)
        #expect(
            try self.store.jobs().recent.map(\.status) == Array(repeating: .reclaimed, count: 5)
        )
    }

    @Test func `reclaiming a job of a suspended import creates no other job`() throws {
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(1))
        #expect(try self.store.reclaimStaleJobs(now: at(301)) == [self.id])
        #expect(try self.store.jobs().pending.isEmpty)
        #expect(try self.store.onlyImport()?.reviewStatus == .suspended)
    }

    @Test func `a command without an interval gets another job after a reclaim`() throws {
        let fixture = try StoreFixture()
        let id = try fixture.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        try fixture.store.reclaimStaleJobs(now: at(301))
        let next = try #require(try fixture.store.onlyPendingJob())
        #expect(next.id > id)
    }

    @Test func `a lease expires after the reclaim age of the settings`() throws {
        var settings = SchedulerSettings()
        settings.reclaimAge = .seconds(1.5)
        let fixture = try StoreFixture(settings)
        let id = try fixture.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        #expect(try fixture.store.reclaimStaleJobs(now: at(1.5)) == [])
        #expect(try fixture.store.reclaimStaleJobs(now: at(1.6)) == [id])
    }
}

#endif
