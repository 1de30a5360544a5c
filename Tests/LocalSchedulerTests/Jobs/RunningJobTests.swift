// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `Claiming a job by its number` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    @Test func `starts it, also before it is due`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        let id = try #require(try self.store.onlyPendingJob()?.id)
        try self.store.claimJob(id, for: "worker", now: at(20))
        #expect(try self.store.jobs().running.map(\.id) == [id])
    }

    @Test func `is refused once another has it`() throws {
        let id = try self.store.submit(.command(["make"]), now: at(0))
        try self.store.claimJob(id, for: "first", now: at(0))
        let error = #expect(throws: JobStoreError.self) {
            try self.store.claimJob(id, for: "second", now: at(0))
        }
        #expect(error?.code == .alreadyRunning)
        #expect(error?.detail.contains("on first") == true)
    }

    @Test func `finds one that was never there gone`() throws {
        #expect(throws: NoSuchCodeImportJob(jobID: 7)) {
            try self.store.claimJob(7, for: "worker", now: at(0))
        }
    }
}

@Suite struct `The monitor of a job` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    @Test func `learns what its worker is to do`() throws {
        let order = ImportOrder.git(url: "u", into: "d", arguments: ["git", "u", "d"], every: nil)
        let id = try self.store.submit(order, claimedFor: "worker", now: at(0))
        let data = try self.store.importData(ofJob: id)
        #expect(data == CodeImportJobData(arguments: ["git", "u", "d"], targetURL: "u"))
    }

    @Test func `leaves time and tail with each heartbeat`() throws {
        let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        try self.store.updateHeartbeat(ofJob: id, logTail: "1\n", now: at(30))
        try self.store.updateHeartbeat(ofJob: id, logTail: "2 ü 🚀\n", now: at(60))
        let job = try #require(self.store.jobs().running.first)
        #expect(job.heartbeat == at(60))
        #expect(job.logTail == "2 ü 🚀\n")
        #expect(job.dateStarted == at(0))
    }

    @Test(arguments: [-1, 0, 99, Int64.max])
    func `hears of a number that was never given out that there is no such job`(id: Int64) throws {
        try self.expectNoSuchJob(id)
    }

    @Test func `cannot do anything with a job that waits, because nobody can have it`() throws {
        let id = try self.store.submit(.command(["make"]), now: at(0))
        try self.expectNoSuchJob(id)
        #expect(try self.store.onlyPendingJob()?.id == id)
    }

    @Test func `never meets a number again, even if the newest job is deleted`() throws {
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

#endif
