// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Reactor
import ReactorTesting
import Testing
import WorkerMonitor

@Suite(.timeLimit(.minutes(5)))
struct `SQLite scheduler` {
    let fixture: StoreFixture
    let reactor = MemoryReactor()
    let scheduler: SQLiteScheduler

    init() throws {
        self.fixture = try StoreFixture()
        self.scheduler = SQLiteScheduler(
            store: self.fixture.store,
            threads: self.reactor,
            clock: { at(100) }
        )
    }

    /// Returns the result of the deferred after the reactor has run all turns that are due.
    private func result<Value>(of deferred: Deferred<Value>) throws -> Value {
        var result: Result<Value, any Error>?
        deferred.addBoth { result = $0 }
        self.reactor.advance(by: .zero)
        return try #require(result).get()
    }

    @Test func `a result arrives in a later turn of the reactor, not inside the call`() throws {
        var hasFired = false
        self.scheduler.getJobForMachine("worker", workerLimit: 1).addBoth { _ in hasFired = true }
        #expect(!hasFired)
        self.reactor.advance(by: .zero)
        #expect(hasFired)
    }

    @Test func `a job runs from its claim to its result with the times of the given clock`() throws
    {
        try self.fixture.store.submit(.hourly(), now: at(0))
        let claimed = try self.result(of: self.scheduler.getJobForMachine("worker", workerLimit: 1))
        let id = try #require(claimed)
        let data = try self.result(of: self.scheduler.getImportDataForJobID(id))
        #expect(data.targetURL == "https://example.org/a.git")
        try self.result(of: self.scheduler.updateHeartbeat(id, logTail: "line\n"))
        #expect(try self.fixture.store.jobs().running.first?.heartbeat == at(100))
        #expect(try self.fixture.store.jobs().running.first?.logTail == "line\n")
        try self.result(of: self.scheduler.finishJobID(id, report: report(.success)))
        #expect(try self.fixture.store.jobs().recent.map(\.dateFinished) == [at(100)])
    }

    @Test func `a job that is handed back is pending again`() throws {
        let store = self.fixture.store
        let id = try store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        try self.result(of: self.scheduler.handBackJobID(id, report: report(.failure)))
        #expect(try store.onlyPendingJob()?.dateDue == at(100))
    }

    @Test func `the scheduler reclaims jobs whose leases have expired`() throws {
        let store = self.fixture.store
        let id = try store.submit(.command(["make"]), claimedFor: "worker", now: at(-201))
        #expect(try self.result(of: self.scheduler.reclaimStaleJobs()) == [id])
    }

    @Test func `every operation on an unknown job fails with NoSuchCodeImportJob`() throws {
        let gone = NoSuchCodeImportJob(jobID: 9)
        let sent = report(.success)
        #expect(throws: gone) { try self.result(of: self.scheduler.getImportDataForJobID(9)) }
        #expect(throws: gone) {
            try self.result(of: self.scheduler.updateHeartbeat(9, logTail: ""))
        }
        #expect(throws: gone) { try self.result(of: self.scheduler.finishJobID(9, report: sent)) }
        #expect(throws: gone) { try self.result(of: self.scheduler.handBackJobID(9, report: sent)) }
    }

    @Test func `a problem with the store fails the deferred with JobStoreError`() throws {
        self.fixture.store.close()
        #expect(throws: JobStoreError.self) {
            try self.result(of: self.scheduler.getJobForMachine("worker", workerLimit: 1))
        }
    }

    @Test func `the scheduler works on the threads of a libev reactor`() throws {
        let id = try self.fixture.store.submit(.command(["make"]), now: at(0))
        let reactor = LibevReactor()
        let scheduler = SQLiteScheduler(store: self.fixture.store, threads: reactor)
        var claimed: Int64?
        var error: (any Error)?
        reactor.callWhenRunning {
            scheduler.getJobForMachine("worker", workerLimit: 1)
                .addCallback { claimed = $0 }
                .chain { scheduler.finishJobID(id, report: report(.success)) }
                .addErrback { error = $0 }
                .addBoth { _ in reactor.stop() }
        }
        reactor.run()
        #expect(claimed == id)
        #expect(error == nil)
        #expect(try self.fixture.store.jobs().recent.map(\.jobID) == [id])
    }
}

@Suite struct `Module name` {
    // If the module had a type with its own name, Swift would search `LocalScheduler.JobStore` in
    // that type, and this file would not compile.
    @Test func `a client can qualify a type with the name of the module`() {
        #expect(LocalScheduler.JobStore.self == JobStore.self)
    }
}

#endif
