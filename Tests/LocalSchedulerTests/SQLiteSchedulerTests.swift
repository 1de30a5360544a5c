// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Reactor
import ReactorTesting
import Testing
import WorkerMonitor

@Suite(.timeLimit(.minutes(5)))
struct `The local scheduler` {
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

    /// What the deferred fires with once the reactor has turned.
    private func result<Value>(of deferred: Deferred<Value>) throws -> Value {
        var result: Result<Value, any Error>?
        deferred.addBoth { result = $0 }
        self.reactor.advance(by: .zero)
        return try #require(result).get()
    }

    @Test func `answers through the reactor, not inside the call`() throws {
        var isAnswered = false
        self.scheduler.getJobForMachine("worker", workerLimit: 1).addBoth { _ in isAnswered = true }
        #expect(!isAnswered)
        self.reactor.advance(by: .zero)
        #expect(isAnswered)
    }

    @Test func `takes a job from the store to its end, by the clock that it was given`() throws {
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

    @Test func `hands a job back`() throws {
        let store = self.fixture.store
        let id = try store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        try self.result(of: self.scheduler.handBackJobID(id, report: report(.failure)))
        #expect(try store.onlyPendingJob()?.dateDue == at(100))
    }

    @Test func `reclaims dead jobs`() throws {
        let store = self.fixture.store
        let id = try store.submit(.command(["make"]), claimedFor: "worker", now: at(-201))
        #expect(try self.result(of: self.scheduler.reclaimStaleJobs()) == [id])
    }

    @Test func `fails with the one error that monitors know for a job that is gone`() throws {
        let gone = NoSuchCodeImportJob(jobID: 9)
        let end = report(.success)
        #expect(throws: gone) { try self.result(of: self.scheduler.getImportDataForJobID(9)) }
        #expect(throws: gone) {
            try self.result(of: self.scheduler.updateHeartbeat(9, logTail: ""))
        }
        #expect(throws: gone) { try self.result(of: self.scheduler.finishJobID(9, report: end)) }
        #expect(throws: gone) { try self.result(of: self.scheduler.handBackJobID(9, report: end)) }
    }

    @Test func `fails with the store's error for what is wrong with the store`() throws {
        self.fixture.store.close()
        #expect(throws: JobStoreError.self) {
            try self.result(of: self.scheduler.getJobForMachine("worker", workerLimit: 1))
        }
    }

    @Test func `works on the threads of the real reactor`() throws {
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

#endif
