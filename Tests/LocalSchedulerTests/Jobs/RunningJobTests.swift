// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `Running job` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    @Test func `the store returns the arguments and the URL of a running job`() throws {
        let order = ImportOrder.git(url: "u", into: "d", arguments: ["git", "u", "d"], every: nil)
        let id = try self.store.submit(order, claimedFor: "worker", now: at(0))
        let data = try self.store.importData(ofJob: id)
        #expect(data == CodeImportJobData(arguments: ["git", "u", "d"], targetURL: "u"))
    }

    @Test func `each heartbeat stores its time and the log tail`() throws {
        let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        try self.store.updateHeartbeat(ofJob: id, logTail: "1\n", now: at(30))
        try self.store.updateHeartbeat(ofJob: id, logTail: "2 ü 🚀\n", now: at(60))
        let job = try #require(self.store.jobs().running.first)
        #expect(job.heartbeat == at(60))
        #expect(job.logTail == "2 ü 🚀\n")
        #expect(job.dateStarted == at(0))
    }

    @Test(arguments: [-1, 0, 99, Int64.max])
    func `every operation on an unknown id fails with NoSuchCodeImportJob`(id: Int64) throws {
        try self.expectNoSuchJob(id)
    }

    @Test func `every operation of a monitor on a pending job fails and leaves it pending`() throws
    {
        let id = try self.store.submit(.command(["make"]), now: at(0))
        try self.expectNoSuchJob(id)
        #expect(try self.store.onlyPendingJob()?.id == id)
    }

    @Test func `the id of a deleted job is never used again`() throws {
        var seen: Set<Int64> = []
        for _ in 0..<5 {
            let id = try self.store.submit(.command(["make"]), now: at(0))
            #expect(seen.insert(id).inserted)
            try self.store.deleteImport(#require(try self.store.imports().last).id, now: at(0))
        }
    }

    private func expectNoSuchJob(_ id: Int64) throws {
        let error = NoSuchCodeImportJob(jobID: id)
        #expect(throws: error) { try self.store.importData(ofJob: id) }
        #expect(throws: error) {
            try self.store.updateHeartbeat(ofJob: id, logTail: "", now: at(1))
        }
        #expect(throws: error) {
            try self.store.finishJob(id, report: report(.success), now: at(1))
        }
        #expect(throws: error) {
            try self.store.handBackJob(id, report: report(.success), now: at(1))
        }
    }
}

@Suite struct `Hand-back of a job` {
    let fixture: StoreFixture
    let id: Int64
    var store: JobStore { self.fixture.store }

    init() throws {
        self.fixture = try StoreFixture()
        self.id = try self.fixture.store.submit(.hourly(), claimedFor: "worker", now: at(0))
    }

    @Test func `a job that is handed back gets a new id and is due at once`() throws {
        try self.store.handBackJob(self.id, report: report(.failure), now: at(10))
        let next = try #require(try self.store.onlyPendingJob())
        #expect(next.id > self.id)
        #expect(next.dateDue == at(10))
        #expect(next.requestedByUser)
        #expect(next.importSummary == (try self.store.onlyImport()))
        let claimed = try self.store.getJobForMachine("other", workerLimit: 1, now: at(10))
        #expect(claimed == next.id)
    }

    @Test func `a hand-back leaves an event with the monitor's report, but no result`() throws {
        let sent = report(.failure, cause: .interrupted, tail: "half")
        try self.store.handBackJob(self.id, report: sent, now: at(10))
        #expect(try self.store.history(self.id) == [.create, .start, .handBack])
        #expect(try self.store.jobs().recent.isEmpty)
        guard case .gone(let event)? = try self.store.lookUpJob(self.id) else {
            Issue.record("The job should be gone.")
            return
        }
        #expect(event.report == sent)
        #expect(event.machine == "worker")
        #expect(event.successorID == (try self.store.onlyPendingJob()?.id))
    }

    @Test func `hand-backs do not count as failures`() throws {
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

    @Test func `a second hand-back of the same job fails and changes nothing`() throws {
        try self.store.handBackJob(self.id, report: report(.failure), now: at(10))
        let before = try self.store.jobs()
        #expect(throws: NoSuchCodeImportJob(jobID: self.id)) {
            try self.store.handBackJob(self.id, report: report(.failure), now: at(11))
        }
        #expect(try self.store.jobs() == before)
    }

    @Test func `handing back a job of a suspended import creates no other job`() throws {
        try self.store.setReviewStatus(.suspended, ofImport: 1, now: at(1))
        try self.store.handBackJob(self.id, report: report(.failure), now: at(10))
        #expect(try self.store.jobs().pending.isEmpty)
    }
}

#endif
