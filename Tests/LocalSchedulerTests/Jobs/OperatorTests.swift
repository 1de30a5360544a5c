// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `Operator commands` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    @Test func `suspending an import cancels its pending job`() throws {
        let id = try self.store.submit(.hourly(), now: at(0))
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(1))
        #expect(try self.store.jobs().pending.isEmpty)
        #expect(try self.store.history(id) == [.create, .cancel])
    }

    @Test func `suspending an import does not stop its running job`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(1))
        try self.store.updateHeartbeat(ofJob: id, logTail: "", now: at(2))
        try self.store.finishJob(id, report: report(.success), now: at(3))
        #expect(try self.store.onlyImport()?.reviewStatus == .suspended)
    }

    @Test func `an import that becomes reviewed again gets one job for its next due time`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(20))
        try self.store.setReviewStatus(.reviewed, ofImport: 1, now: at(30))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(3_600))
        try self.store.setReviewStatus(.reviewed, ofImport: 1, now: at(40))
        #expect(try self.store.jobs().pending.count == 1)
    }

    @Test func `deleting an import deletes its running job, whose next heartbeat fails`()
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

    @Test func `cancelling a pending job removes it and suspends its import`() throws {
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

    @Test func `cancelling a running job stores the result KILLED without a failure`() throws {
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

    @Test func `operations on an unknown job or import fail`() throws {
        #expect(throws: NoSuchCodeImportJob(jobID: 5)) { try self.store.cancelJob(5, now: at(0)) }
        for operation in [
            { try self.store.setReviewStatus(.suspended, ofImport: 9, now: at(0)) },
            { try self.store.deleteImport(9, now: at(0)) },
        ] {
            let error = storeError { try operation() }
            #expect(error?.code == .noSuchImport)
            #expect(error?.description.contains("no import 9") == true)
        }
    }

    @Test func `a job can be looked up by its id, also after it has finished`() throws {
        let pending = try self.store.submit(.command(["a"]), now: at(0))
        let finished = try self.store.submit(.command(["b"]), claimedFor: "worker", now: at(0))
        try self.store.finishJob(finished, report: report(.success), now: at(1))
        guard case .job(let job)? = try self.store.lookUpJob(pending),
            case .result(let result)? = try self.store.lookUpJob(finished)
        else {
            Issue.record("The store should have a pending and a finished job.")
            return
        }
        #expect(job.importSummary.title == "a")
        #expect(result.importSummary.title == "b")
        #expect(try self.store.lookUpJob(77) == nil)
    }

    @Test func `the newest results are listed first, up to the requested number`() throws {
        for second in 0..<5 {
            let id = try self.store.submit(.command(["\(second)"]), claimedFor: "w", now: at(0))
            try self.store.finishJob(id, report: report(.success), now: at(Double(second)))
        }
        #expect(try self.store.jobs(recent: 2).recent.map(\.importSummary.title) == ["4", "3"])
        #expect(try self.store.jobs(recent: -1).recent.isEmpty)
    }
}

#endif
