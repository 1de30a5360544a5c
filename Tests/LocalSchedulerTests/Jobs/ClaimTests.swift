// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `Asking for a job` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    private func ask(_ machine: String = "worker", limit: Int = 3, now: WallTime = at(0)) throws
        -> Int64?
    {
        try self.store.getJobForMachine(machine, workerLimit: limit, now: now)
    }

    @Test func `gets nothing from an empty store`() throws {
        #expect(try self.ask() == nil)
    }

    @Test func `claims the job: running, on the machine, with a fresh heartbeat and no log`() throws
    {
        let id = try self.store.submit(.command(["make"]), now: at(0))
        #expect(try self.ask(now: at(5)) == id)
        let job = try #require(self.store.jobs().running.first)
        #expect(job.state == .running)
        #expect(job.machine == "worker")
        #expect(job.dateStarted == at(5))
        #expect(job.heartbeat == at(5))
        #expect(job.logTail.isEmpty)
        #expect(try self.store.history(id) == [.create, .start])
    }

    @Test func `gets a job only once`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        #expect(try self.ask() != nil)
        #expect(try self.ask() == nil)
    }

    @Test func `does not get a job before it is due, and does at the very time`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        #expect(try self.ask(now: WallTime(microseconds: at(3_600).microseconds - 1)) == nil)
        #expect(try self.ask(now: at(3_600)) != nil)
    }

    @Test func `gets what somebody waits for before what has been due for longer`() throws {
        var background = ImportOrder.command(["background"])
        background.requestedByUser = false
        try self.store.submit(background, now: at(0))
        let asked = try self.store.submit(.command(["asked"]), now: at(1))
        #expect(try self.ask(now: at(2)) == asked)
    }

    @Test func `gets what was due first`() throws {
        let late = try self.store.submit(.command(["late"]), now: at(10))
        let early = try self.store.submit(.command(["early"]), now: at(5))
        #expect(try self.ask(now: at(20)) == early)
        #expect(try self.ask(now: at(20)) == late)
    }

    @Test func `gets what was made first if both were due at once`() throws {
        let ids = try (0..<3).map { try self.store.submit(.command(["\($0)"]), now: at(0)) }
        #expect(try (0..<3).map { _ in try self.ask() } == ids)
    }

    @Test func `lists what waits in the order in which it would be claimed`() throws {
        for name in ["c", "a", "b"] {
            var order = ImportOrder.command([name])
            order.requestedByUser = name == "b"
            try self.store.submit(order, now: at(name == "a" ? 0 : 1))
        }
        let listed = try self.store.jobs().pending.map(\.id)
        #expect(try (0..<3).map { _ in try self.ask(now: at(2)) } == listed)
    }

    @Test func `gets no more than the machine's limit, however many are due`() throws {
        for _ in 0..<3 { try self.store.submit(.command(["make"]), now: at(0)) }
        #expect(try self.ask(limit: 2) != nil)
        #expect(try self.ask(limit: 2) != nil)
        #expect(try self.ask(limit: 2) == nil)
        #expect(try self.ask("another", limit: 2) != nil)
    }

    @Test(arguments: [0, -1])
    func `gets nothing for a limit that leaves no room, on a machine not seen before either`(
        limit: Int
    ) throws {
        try self.store.submit(.command(["make"]), now: at(0))
        #expect(try self.ask("new", limit: limit) == nil)
        #expect(try self.store.machines().map(\.hostname) == ["new"])
    }

    @Test func `makes room by reclaiming dead jobs first`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        let first = try #require(try self.ask(limit: 1))
        let second = try #require(try self.ask(limit: 1, now: at(301)))
        #expect(second > first)
    }

    @Test func `reclaims the dead jobs of other machines too`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        let first = try #require(try self.ask("dead"))
        let second = try #require(try self.ask("alive", now: at(301)))
        #expect(try self.store.history(first) == [.create, .start, .reclaim])
        #expect(try self.store.jobs().running.map(\.id) == [second])
    }

    @Test func `counts a job that was claimed by its number against the limit`() throws {
        for _ in 0..<2 { try self.store.submit(.command(["make"]), now: at(0)) }
        _ = try self.store.submit(.command(["now"]), claimedFor: "worker", now: at(0))
        #expect(try self.ask(limit: 1) == nil)
        #expect(try self.ask(limit: 2) != nil)
    }
}

#endif
