// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `Handing a job back` {
    let fixture: StoreFixture
    let id: Int64
    var store: JobStore { self.fixture.store }

    init() throws {
        self.fixture = try StoreFixture()
        self.id = try self.fixture.store.submit(.hourly(), claimedFor: "worker", now: at(0))
    }

    @Test func `puts it back under a new number, due now, for whoever asks next`() throws {
        try self.store.handBackJob(self.id, report: report(.failure), now: at(10))
        let next = try #require(try self.store.onlyPendingJob())
        #expect(next.id > self.id)
        #expect(next.dateDue == at(10))
        #expect(next.requestedByUser)
        #expect(next.importSummary == (try self.store.onlyImport()))
        let other = try self.store.getJobForMachine("other", workerLimit: 1, now: at(10))
        #expect(other == next.id)
    }

    @Test func `is an event and no result, and keeps what the monitor said`() throws {
        let said = report(.failure, cause: .interrupted, tail: "half")
        try self.store.handBackJob(self.id, report: said, now: at(10))
        #expect(try self.store.history(self.id) == [.create, .start, .handBack])
        #expect(try self.store.jobs().recent.isEmpty)
        guard case .gone(let event)? = try self.store.lookUpJob(self.id) else {
            Issue.record("The job should be gone.")
            return
        }
        #expect(event.report == said)
        #expect(event.machine == "worker")
        #expect(event.successorID == (try self.store.onlyPendingJob()?.id))
    }

    @Test func `is no failure, however often it is done`() throws {
        var id = self.id
        for _ in 0..<10 {
            try self.store.handBackJob(id, report: report(.failure), now: at(10))
            id = try #require(
                try self.store.getJobForMachine("worker", workerLimit: 1, now: at(10))
            )
        }
        #expect(try self.store.onlyImport()?.consecutiveFailures == 0)
        #expect(try self.store.onlyImport()?.reviewStatus == .reviewed)
    }

    @Test func `a second time finds the job gone, and does not touch its successor`() throws {
        try self.store.handBackJob(self.id, report: report(.failure), now: at(10))
        let before = try self.store.jobs()
        #expect(throws: NoSuchCodeImportJob(jobID: self.id)) {
            try self.store.handBackJob(self.id, report: report(.failure), now: at(11))
        }
        #expect(try self.store.jobs() == before)
    }

    @Test func `lets it go if its import was suspended meanwhile`() throws {
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(1))
        try self.store.handBackJob(self.id, report: report(.failure), now: at(10))
        #expect(try self.store.jobs().pending.isEmpty)
    }
}

#endif
