// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

/// Failures that the source of an import is not to blame for.
@Suite struct `Faults of the host and of the machine` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    private func temporary(_ retryAfter: Int? = nil) -> JobReport {
        var result = report(.failureTemporary)
        result.fault = .host
        result.retryAfter = retryAfter
        return result
    }

    private func machineFault(_ retryAfter: Int? = nil) -> JobReport {
        var result = report(.internalFailure)
        result.fault = .machine
        result.retryAfter = retryAfter
        return result
    }

    /// Claims the due job at a time, and finishes it at once.
    private func finish(_ report: JobReport, at time: WallTime) throws {
        let id = try #require(
            try self.store.getJobForMachine("worker", workerLimit: 1, now: time)
        )
        try self.store.finishJob(id, report: report, now: time)
    }

    private func handBack(_ report: JobReport, at time: WallTime) throws {
        let id = try #require(
            try self.store.getJobForMachine("worker", workerLimit: 1, now: time)
        )
        try self.store.handBackJob(id, report: report, now: time)
    }

    @Test func `any number of temporary failures makes no import failing`() throws {
        try self.store.submit(.hourly(), now: at(0))
        var time = at(0)
        for _ in 0..<20 {
            try self.finish(self.temporary(), at: time)
            time = try #require(try self.store.onlyPendingJob()?.dateDue)
        }
        #expect(try self.store.onlyImport()?.consecutiveFailures == 0)
        #expect(try self.store.onlyImport()?.reviewStatus == .reviewed)
    }

    @Test func `a temporary failure does not reset the failures of the source`() throws {
        try self.store.submit(.hourly(), now: at(0))
        var time = at(0)
        for report in [report(.failureInvalid), self.temporary(), report(.failureInvalid)] {
            try self.finish(report, at: time)
            time = try #require(try self.store.onlyPendingJob()?.dateDue)
        }
        #expect(try self.store.onlyImport()?.consecutiveFailures == 2)
    }

    @Test func `temporary failures in a row double the interval, up to a day`() throws {
        try self.store.submit(.hourly(), now: at(0))
        var start = at(0)
        for hours in [1, 2, 4, 8, 16, 24, 24] {
            try self.finish(self.temporary(), at: start)
            start = start + .seconds(3_600 * hours)
            #expect(try self.store.onlyPendingJob()?.dateDue == start)
        }
        try self.finish(report(.success), at: start)
        start = start + .seconds(3_600)
        try self.finish(self.temporary(), at: start)
        #expect(try self.store.onlyPendingJob()?.dateDue == start + .seconds(3_600))
    }

    @Test(arguments: [(60, 3_600.0), (3_599, 3_600), (7_200, 7_200), (86_400, 86_400)])
    func `the next job is not due before the time that the host asked for`(
        retryAfter: Int,
        due: Double
    ) throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.finish(self.temporary(retryAfter), at: at(0))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(due))
    }

    @Test func `the wait that a host asks for begins at the end of the job`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.finishJob(id, report: self.temporary(7_200), now: at(100))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(7_300))
    }

    @Test func `the wait after a fault of the machine doubles up to an hour`() throws {
        try self.store.submit(.hourly(), now: at(0))
        var time = at(0)
        for minutes in [5, 10, 20, 40, 60, 60] {
            try self.handBack(self.machineFault(), at: time)
            time = time + .seconds(60 * minutes)
            #expect(try self.store.onlyPendingJob()?.dateDue == time)
        }
        #expect(try self.store.onlyImport()?.consecutiveFailures == 0)
        #expect(try self.store.jobs().recent.isEmpty)
        try self.finish(report(.success), at: time)
        time = try #require(try self.store.onlyPendingJob()?.dateDue)
        try self.handBack(self.machineFault(60), at: time)
        #expect(try self.store.onlyPendingJob()?.dateDue == time + .seconds(60))
    }

    @Test func `a signal to the monitor hands a job back without a wait`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.handBackJob(
            id,
            report: report(.failure, cause: .interrupted),
            now: at(10)
        )
        #expect(try self.store.onlyPendingJob()?.dateDue == at(10))
    }

    @Test func `an order of an operator ignores the wait`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.finish(self.temporary(7_200), at: at(0))
        _ = try self.store.submit(.hourly(), claimedFor: "worker", now: at(10))
        #expect(try self.store.jobs().running.count == 1)
    }

    @Test func `the report of a hand-back is in the event, with the reason`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        var sent = self.machineFault(60)
        sent.reason = "The disk is full."
        try self.store.handBackJob(id, report: sent, now: at(1))
        #expect(try self.store.events(ofJob: id).last?.report == sent)
    }
}

#endif
