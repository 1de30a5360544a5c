// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Testing
import WorkerMonitor

@testable import LocalScheduler

@Suite struct `Finish of a job` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    @Test func `finishing a job stores its result and removes the job`() throws {
        let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        var sent = report(.failure, cause: .inactivityTimeout, tail: "the end\n")
        sent.signal = "SIGKILL"
        sent.logPath = "/var/log/7.log"
        try self.store.finishJob(id, report: sent, now: at(60))
        let result = try #require(self.store.jobs().recent.first)
        #expect(result.jobID == id)
        #expect(result.status == .failure)
        #expect(result.report == sent)
        #expect(result.dateStarted == at(0))
        #expect(result.dateFinished == at(60))
        #expect(result.logPath == "/var/log/7.log")
        #expect(result.tail == "the end\n")
        #expect(result.machine == "worker")
        #expect(try self.store.jobs().running.isEmpty)
        #expect(try self.store.history(id) == [.create, .start, .finish])
    }

    @Test func `finishing a job a second time fails and changes nothing`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.finishJob(id, report: report(.success), now: at(1))
        let before = try self.store.jobs()
        #expect(throws: NoSuchCodeImportJob(jobID: id)) {
            try self.store.finishJob(id, report: report(.failure), now: at(2))
        }
        #expect(try self.store.jobs() == before)
    }

    @Test func `no job follows a command without an interval, whatever its result`() throws {
        for status in [CodeImportResultStatus.success, .successPartial, .failure] {
            let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
            try self.store.finishJob(id, report: report(status), now: at(1))
        }
        #expect(try self.store.jobs().pending.isEmpty)
    }

    @Test func `the next job has a new id and is due one interval after the last start`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.finishJob(id, report: report(.success), now: at(1_000))
        let next = try #require(try self.store.onlyPendingJob())
        #expect(next.id > id)
        #expect(next.dateDue == at(3_600))
        #expect(!next.requestedByUser)
        #expect(try self.store.events(ofJob: id).last?.successorID == next.id)
    }

    @Test func `the next job is due at once if the interval is already over`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.finishJob(id, report: report(.success), now: at(4_000))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(4_000))
    }

    @Test func `the next job is due at once after a partial success`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.finishJob(id, report: report(.successPartial), now: at(10))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(10))
    }

    @Test func `the wait after a failure doubles, and no job follows the fifth failure`() throws {
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
    func `a complete or partial success resets the count of failures`(
        status: CodeImportResultStatus
    ) throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.failure, from: at(0))
        try self.store.runDueJob(.failure, from: at(3_600))
        try self.store.runDueJob(status, from: at(20_000))
        #expect(try self.store.onlyImport()?.consecutiveFailures == 0)
        try self.store.runDueJob(.failure, from: at(40_000))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(43_600))
    }

    @Test func `only a complete success updates the time of the last success`()
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

    @Test func `no job follows if the import was suspended while the job ran`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(1))
        try self.store.finishJob(id, report: report(.success), now: at(10))
        #expect(try self.store.jobs().pending.isEmpty)
    }

    @Test func `an import becomes failing at the failure limit of the settings`() throws {
        var settings = SchedulerSettings()
        settings.failureLimit = 2
        let fixture = try StoreFixture(settings)
        try fixture.store.submit(.hourly(), now: at(0))
        try fixture.store.runDueJob(.failure, from: at(0))
        #expect(try fixture.store.onlyImport()?.reviewStatus == .reviewed)
        try fixture.store.runDueJob(.failure, from: at(3_600))
        #expect(try fixture.store.onlyImport()?.reviewStatus == .failing)
    }
}

@Suite struct `Outcome rules` {
    private func record(
        interval: Int64? = 100,
        failures: Int = 0,
        _ status: ReviewStatus = .reviewed
    ) -> ImportRecord {
        var record = ImportRecord(.command([]), created: at(0))
        record.interval = interval
        record.consecutiveFailures = failures
        record.reviewStatus = status
        return record
    }

    private func rules(
        after status: CodeImportResultStatus,
        of record: ImportRecord
    ) -> OutcomeRules {
        .afterResult(status, of: record, failureLimit: 5)
    }

    private static let doNotCount: [CodeImportResultStatus] = [
        .killed, .failureTemporary, .internalFailure,
    ]

    @Test(
        arguments: CodeImportResultStatus.allCases.filter {
            !$0.isSuccess && !Self.doNotCount.contains($0)
        }
    )
    func `every unsuccessful result that the source is to blame for counts as one more failure`(
        status: CodeImportResultStatus
    ) {
        #expect(self.rules(after: status, of: self.record(failures: 2)).consecutiveFailures == 3)
    }

    @Test(arguments: [(0, 100), (1, 200), (2, 400), (3, 800)] as [(Int, Int64)])
    func `each earlier failure doubles the wait for the next job`(before: Int, wait: Int64) {
        let rules = self.rules(after: .failure, of: self.record(failures: before))
        #expect(rules.successor == .afterStart(microseconds: wait))
    }

    @Test func `a wait that is too long to represent is limited instead of overflowing`() {
        let long = self.record(interval: .max / 2, failures: 3)
        #expect(self.rules(after: .failure, of: long).successor == .afterStart(microseconds: .max))
        let frequent = OutcomeRules.afterResult(
            .failure,
            of: self.record(interval: 1, failures: 1_000),
            failureLimit: .max
        )
        #expect(frequent.successor == .afterStart(microseconds: 1 << 62))
    }

    @Test(arguments: [ReviewStatus.suspended, .failing, .invalid])
    func `an import that may not have jobs gets no job and keeps its status`(status: ReviewStatus) {
        let record = self.record(failures: 4, status)
        for rules in [
            self.rules(after: .success, of: record), self.rules(after: .failure, of: record),
        ] {
            #expect(rules.successor == .none)
            #expect(rules.reviewStatus == status)
        }
        let reclaimed = OutcomeRules.afterReclaim(of: record, failureLimit: 5)
        #expect(reclaimed.successor == .none)
        #expect(reclaimed.reviewStatus == status)
    }

    @Test func `the next job after a reclaim is due at once, up to the failure limit`() {
        #expect(
            OutcomeRules.afterReclaim(of: self.record(interval: nil), failureLimit: 5).successor
                == .now
        )
        let last = OutcomeRules.afterReclaim(of: self.record(failures: 4), failureLimit: 5)
        #expect(
            last == OutcomeRules(consecutiveFailures: 5, reviewStatus: .failing, successor: .none)
        )
    }

    @Test(arguments: doNotCount)
    func `a result that the source is not to blame for leaves the number of failures alone`(
        status: CodeImportResultStatus
    ) {
        let rules = self.rules(after: status, of: self.record(failures: 4))
        #expect(rules.consecutiveFailures == 4)
        #expect(rules.reviewStatus == .reviewed)
    }
}

#endif
