// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `Claim of the next job` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    private func claim(
        for machine: String = "worker",
        limit: Int = 3,
        now: WallTime = at(0)
    ) throws -> Int64? {
        try self.store.getJobForMachine(machine, workerLimit: limit, now: now)
    }

    @Test func `a machine gets no job from an empty store`() throws {
        #expect(try self.claim() == nil)
    }

    @Test func `a claimed job has its machine, a fresh heartbeat and an empty log tail`() throws {
        let id = try self.store.submit(.command(["make"]), now: at(0))
        #expect(try self.claim(now: at(5)) == id)
        let job = try #require(self.store.jobs().running.first)
        #expect(job.state == .running)
        #expect(job.machine == "worker")
        #expect(job.dateStarted == at(5))
        #expect(job.heartbeat == at(5))
        #expect(job.logTail.isEmpty)
        #expect(try self.store.history(id) == [.create, .start])
    }

    @Test func `a job is claimed only once`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        #expect(try self.claim() != nil)
        #expect(try self.claim() == nil)
    }

    @Test func `a job can be claimed from its due time on, and not before`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        #expect(try self.claim(now: WallTime(microseconds: at(3_600).microseconds - 1)) == nil)
        #expect(try self.claim(now: at(3_600)) != nil)
    }

    @Test func `a job that a user waits for is claimed before one that was due earlier`() throws {
        var background = ImportOrder.command(["background"])
        background.requestedByUser = false
        try self.store.submit(background, now: at(0))
        let requested = try self.store.submit(.command(["requested"]), now: at(1))
        #expect(try self.claim(now: at(2)) == requested)
    }

    @Test func `the job that was due first is claimed first`() throws {
        let late = try self.store.submit(.command(["late"]), now: at(10))
        let early = try self.store.submit(.command(["early"]), now: at(5))
        #expect(try self.claim(now: at(20)) == early)
        #expect(try self.claim(now: at(20)) == late)
    }

    @Test func `of jobs that are due at the same time, the oldest is claimed first`() throws {
        let ids = try (0..<3).map { try self.store.submit(.command(["\($0)"]), now: at(0)) }
        #expect(try (0..<3).map { _ in try self.claim() } == ids)
    }

    @Test func `pending jobs are listed in the order in which they are claimed`() throws {
        for name in ["c", "a", "b"] {
            var order = ImportOrder.command([name])
            order.requestedByUser = name == "b"
            try self.store.submit(order, now: at(name == "a" ? 0 : 1))
        }
        let listed = try self.store.jobs().pending.map(\.id)
        #expect(try (0..<3).map { _ in try self.claim(now: at(2)) } == listed)
    }

    @Test func `a machine gets no more jobs than its worker limit`() throws {
        for _ in 0..<3 { try self.store.submit(.command(["make"]), now: at(0)) }
        #expect(try self.claim(limit: 2) != nil)
        #expect(try self.claim(limit: 2) != nil)
        #expect(try self.claim(limit: 2) == nil)
        #expect(try self.claim(for: "another", limit: 2) != nil)
    }

    @Test(arguments: [0, -1])
    func `a machine whose worker limit is not positive is stored but gets no job`(
        limit: Int
    ) throws {
        try self.store.submit(.command(["make"]), now: at(0))
        #expect(try self.claim(for: "new", limit: limit) == nil)
        #expect(try self.store.machines().map(\.hostname) == ["new"])
    }

    @Test func `a job whose lease has expired is reclaimed before the next one is claimed`() throws
    {
        try self.store.submit(.command(["make"]), now: at(0))
        let first = try #require(try self.claim(limit: 1))
        let second = try #require(try self.claim(limit: 1, now: at(301)))
        #expect(second > first)
    }

    @Test func `a claim also reclaims jobs of other machines whose leases have expired`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        let first = try #require(try self.claim(for: "first"))
        let second = try #require(try self.claim(for: "second", now: at(301)))
        #expect(try self.store.history(first) == [.create, .start, .reclaim])
        #expect(try self.store.jobs().running.map(\.id) == [second])
    }

    @Test func `a job that is submitted with a claim counts towards the worker limit`() throws {
        for _ in 0..<2 { try self.store.submit(.command(["make"]), now: at(0)) }
        _ = try self.store.submit(.command(["now"]), claimedFor: "worker", now: at(0))
        #expect(try self.claim(limit: 1) == nil)
        #expect(try self.claim(limit: 2) != nil)
    }
}

@Suite struct `Claim of a job by its id` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    @Test func `a pending job can be claimed by its id before it is due`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        let id = try #require(try self.store.onlyPendingJob()?.id)
        try self.store.claimJob(id, for: "worker", now: at(20))
        #expect(try self.store.jobs().running.map(\.id) == [id])
    }

    @Test func `claiming a job that another machine runs fails and names that machine`() throws {
        let id = try self.store.submit(.command(["make"]), now: at(0))
        try self.store.claimJob(id, for: "first", now: at(0))
        let error = #expect(throws: JobStoreError.self) {
            try self.store.claimJob(id, for: "second", now: at(0))
        }
        #expect(error?.code == .alreadyRunning)
        #expect(error?.detail.contains("on first") == true)
    }

    @Test func `claiming an unknown job fails with NoSuchCodeImportJob`() throws {
        #expect(throws: NoSuchCodeImportJob(jobID: 7)) {
            try self.store.claimJob(7, for: "worker", now: at(0))
        }
    }
}

@Suite struct `Machine state` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws {
        self.fixture = try StoreFixture()
        // The first request makes the machine known to the store.
        _ = try self.store.getJobForMachine("worker", workerLimit: 3, now: at(0))
    }

    private func claim() throws -> Int64? {
        try self.store.getJobForMachine("worker", workerLimit: 3, now: at(0))
    }

    private var state: MachineState? {
        get throws { try self.store.machines().first?.state }
    }

    @Test func `a new machine is online after its first request`() throws {
        #expect(try self.state == .online)
    }

    @Test func `an offline machine gets no job, but its request reclaims expired leases`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        let expired = try self.store.getJobForMachine("other", workerLimit: 1, now: at(0))
        try self.store.setState(.offline, ofMachine: "worker", now: at(0))
        let got = try self.store.getJobForMachine("worker", workerLimit: 3, now: at(301))
        #expect(got == nil)
        #expect(try self.store.history(#require(expired)).last == .reclaim)
    }

    @Test func `a quiescing machine gets no job and goes offline once its jobs are done`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        let running = try #require(try self.claim())
        try self.store.submit(.command(["make"]), now: at(0))
        try self.store.setState(.quiescing, ofMachine: "worker", now: at(0))
        #expect(try self.claim() == nil)
        #expect(try self.state == .quiescing)
        try self.store.finishJob(running, report: report(.success), now: at(1))
        #expect(try self.claim() == nil)
        #expect(try self.state == .offline)
    }

    @Test func `a machine that is set online again gets jobs again`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        try self.store.setState(.offline, ofMachine: "worker", now: at(0))
        #expect(try self.claim() == nil)
        try self.store.setState(.online, ofMachine: "worker", now: at(0))
        #expect(try self.claim() != nil)
    }

    @Test func `submitting a job with a claim for a quiescing machine stores nothing`()
        throws
    {
        try self.store.setState(.quiescing, ofMachine: "worker", now: at(0))
        let error = #expect(throws: JobStoreError.self) {
            try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        }
        #expect(error?.code == .machineNotOnline)
        #expect(try self.store.imports().isEmpty)
    }

    @Test func `setting the state of an unknown machine fails and names the machine`() throws {
        let error = #expect(throws: JobStoreError.self) {
            try self.store.setState(.offline, ofMachine: "wroker", now: at(0))
        }
        #expect(error?.code == .noSuchMachine)
        #expect(error?.description.contains("wroker") == true)
    }
}

#endif
