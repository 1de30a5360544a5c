// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `Finishing a job` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    @Test func `takes down the result and removes the job`() throws {
        let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        var end = report(.failure, cause: .inactivityTimeout, tail: "the end\n")
        end.signal = "SIGKILL"
        end.logPath = "/var/log/7.log"
        try self.store.finishJob(id, report: end, now: at(60))
        let result = try #require(self.store.jobs().recent.first)
        #expect(result.jobID == id)
        #expect(result.status == .failure)
        #expect(result.report == end)
        #expect(result.dateStarted == at(0))
        #expect(result.dateFinished == at(60))
        #expect(result.logPath == "/var/log/7.log")
        #expect(result.tail == "the end\n")
        #expect(result.machine == "worker")
        #expect(try self.store.jobs().running.isEmpty)
        #expect(try self.store.history(id) == [.create, .start, .finish])
    }

    @Test func `a second time finds the job gone and changes nothing`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.finishJob(id, report: report(.success), now: at(1))
        let before = try self.store.jobs()
        #expect(throws: NoSuchCodeImportJob(jobID: id)) {
            try self.store.finishJob(id, report: report(.failure), now: at(2))
        }
        #expect(try self.store.jobs() == before)
    }

    @Test func `of a plain command is followed by nothing, whatever the result`() throws {
        for status in [CodeImportResultStatus.success, .successPartial, .failure] {
            let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
            try self.store.finishJob(id, report: report(status), now: at(1))
        }
        #expect(try self.store.jobs().pending.isEmpty)
    }

    @Test func `is followed by a job with a new number, one interval after its start`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.finishJob(id, report: report(.success), now: at(1_000))
        let next = try #require(try self.store.onlyPendingJob())
        #expect(next.id > id)
        #expect(next.dateDue == at(3_600))
        #expect(!next.requestedByUser)
        #expect(try self.store.events(ofJob: id).last?.successorID == next.id)
    }

    @Test func `is followed by a job that is due now if the interval is over already`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.finishJob(id, report: report(.success), now: at(4_000))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(4_000))
    }

    @Test func `in part is followed by the rest at once`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.finishJob(id, report: report(.successPartial), now: at(10))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(10))
    }

    @Test func `with failures waits 1, 2, 4, 8 intervals, and gives up at the fifth`() throws {
        try self.store.submit(.hourly(), now: at(0))
        var start = at(0)
        for factor in [1, 2, 4, 8] {
            try self.store.runDueJob(.failure, from: start)
            start = start + .seconds(3_600 * factor)
            #expect(try self.store.onlyPendingJob()?.dateDue == start)
            #expect(try self.store.onlyImport()?.reviewStatus == .reviewed)
        }
        try self.store.runDueJob(.failureRemoteBroken, from: start)
        #expect(try self.store.onlyImport()?.reviewStatus == .failing)
        #expect(try self.store.onlyImport()?.consecutiveFailures == 5)
        #expect(try self.store.jobs().pending.isEmpty)
    }

    @Test(arguments: [CodeImportResultStatus.success, .successNoChange, .successPartial])
    func `with a success of any kind begins to count anew`(status: CodeImportResultStatus) throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.failure, from: at(0))
        try self.store.runDueJob(.failure, from: at(3_600))
        try self.store.runDueJob(status, from: at(20_000))
        #expect(try self.store.onlyImport()?.consecutiveFailures == 0)
        try self.store.runDueJob(.failure, from: at(40_000))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(43_600))
    }

    @Test func `tells when the import was last whole: not after a part, not after a failure`()
        throws
    {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.success, from: at(0), lasting: .seconds(5))
        #expect(try self.store.onlyImport()?.dateLastSuccessful == at(5))
        try self.store.runDueJob(.successNoChange, from: at(3_600), lasting: .seconds(5))
        #expect(try self.store.onlyImport()?.dateLastSuccessful == at(3_605))
        try self.store.runDueJob(.successPartial, from: at(7_200))
        try self.store.runDueJob(.failure, from: at(7_210))
        #expect(try self.store.onlyImport()?.dateLastSuccessful == at(3_605))
    }

    @Test func `of an import that was suspended meanwhile is followed by nothing`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(1))
        try self.store.finishJob(id, report: report(.success), now: at(10))
        #expect(try self.store.jobs().pending.isEmpty)
    }

    @Test func `goes by the limit that it is given`() throws {
        var settings = SchedulerSettings()
        settings.failureLimit = 2
        let store = try StoreFixture(settings)
        try store.store.submit(.hourly(), now: at(0))
        try store.store.runDueJob(.failure, from: at(0))
        #expect(try store.store.onlyImport()?.reviewStatus == .reviewed)
        try store.store.runDueJob(.failure, from: at(3_600))
        #expect(try store.store.onlyImport()?.reviewStatus == .failing)
    }
}

#endif
