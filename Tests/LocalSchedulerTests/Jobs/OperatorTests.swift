// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `An operator` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    @Test func `who suspends an import removes the job that waits`() throws {
        let id = try self.store.submit(.hourly(), now: at(0))
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(1))
        #expect(try self.store.jobs().pending.isEmpty)
        #expect(try self.store.history(id) == [.create, .cancel])
    }

    @Test func `who suspends an import leaves the job that runs`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(1))
        try self.store.updateHeartbeat(ofJob: id, logTail: "", now: at(2))
        try self.store.finishJob(id, report: report(.success), now: at(3))
        #expect(try self.store.onlyImport()?.reviewStatus == .suspended)
    }

    @Test func `who reviews an import again gets its next job when it is due`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(20))
        try self.store.setReviewStatus(.reviewed, ofImport: 1, now: at(30))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(3_600))
        try self.store.setReviewStatus(.reviewed, ofImport: 1, now: at(40))
        #expect(try self.store.jobs().pending.count == 1)
    }

    @Test func `who deletes an import deletes the job that runs too, and its monitor hears of it`()
        throws
    {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.deleteImport(1, now: at(1))
        #expect(throws: NoSuchCodeImportJob(jobID: id)) {
            try self.store.updateHeartbeat(ofJob: id, logTail: "", now: at(2))
        }
        #expect(try self.store.lookUpJob(id) == nil)
        #expect(try self.store.imports().isEmpty)
    }

    @Test func `who cancels a job that waits removes it, and its import stays quiet`() throws {
        let id = try self.store.submit(.hourly(), now: at(0))
        try self.store.cancelJob(id, now: at(1))
        #expect(try self.store.jobs().pending.isEmpty)
        #expect(try self.store.onlyImport()?.reviewStatus == .suspended)
        guard case .gone(let event)? = try self.store.lookUpJob(id) else {
            Issue.record("The job should be gone.")
            return
        }
        #expect(event.kind == .cancel)
    }

    @Test func `who cancels a job that runs leaves the result KILLED, which is no failure`() throws
    {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.updateHeartbeat(ofJob: id, logTail: "so far", now: at(1))
        try self.store.cancelJob(id, now: at(2))
        let result = try #require(self.store.jobs().recent.first)
        #expect(result.status == .killed)
        #expect(result.tail == "so far")
        #expect(try self.store.onlyImport()?.consecutiveFailures == 0)
        #expect(throws: NoSuchCodeImportJob(jobID: id)) {
            try self.store.updateHeartbeat(ofJob: id, logTail: "", now: at(3))
        }
        #expect(try self.store.jobs().pending.isEmpty)
    }

    @Test func `who cancels what is not there hears so`() throws {
        #expect(throws: NoSuchCodeImportJob(jobID: 5)) { try self.store.cancelJob(5, now: at(0)) }
        for attempt in [
            { try self.store.setReviewStatus(.suspended, ofImport: 9, now: at(0)) },
            { try self.store.deleteImport(9, now: at(0)) },
        ] {
            let error = #expect(throws: JobStoreError.self) { try attempt() }
            #expect(error?.code == .noSuchImport)
            #expect(error?.description.contains("no import 9") == true)
        }
    }

    @Test func `finds each attempt by its number`() throws {
        let waiting = try self.store.submit(.command(["a"]), now: at(0))
        let ended = try self.store.submit(.command(["b"]), claimedFor: "worker", now: at(0))
        try self.store.finishJob(ended, report: report(.success), now: at(1))
        guard case .job(let job)? = try self.store.lookUpJob(waiting),
            case .result(let result)? = try self.store.lookUpJob(ended)
        else {
            Issue.record("Both should be found.")
            return
        }
        #expect(job.importSummary.title == "a")
        #expect(result.importSummary.title == "b")
        #expect(try self.store.lookUpJob(77) == nil)
    }

    @Test func `sees the newest results first, and no more than wanted`() throws {
        for second in 0..<5 {
            let id = try self.store.submit(.command(["\(second)"]), claimedFor: "w", now: at(0))
            try self.store.finishJob(id, report: report(.success), now: at(Double(second)))
        }
        #expect(try self.store.jobs(recent: 2).recent.map(\.importSummary.title) == ["4", "3"])
        #expect(try self.store.jobs(recent: -1).recent.isEmpty)
    }
}

#endif
