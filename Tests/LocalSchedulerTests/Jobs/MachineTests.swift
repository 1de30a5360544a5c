// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `A machine` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws {
        self.fixture = try StoreFixture()
        // So that it is known.
        _ = try self.store.getJobForMachine("worker", workerLimit: 3, now: at(0))
    }

    private func ask() throws -> Int64? {
        try self.store.getJobForMachine("worker", workerLimit: 3, now: at(0))
    }

    private var state: MachineState? {
        get throws { try self.store.machines().first?.state }
    }

    @Test func `that was not known is online once it has asked`() throws {
        #expect(try self.state == .online)
    }

    @Test func `that is offline gets nothing, but dead jobs are reclaimed all the same`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        let dead = try self.store.getJobForMachine("dead", workerLimit: 1, now: at(0))
        try self.store.setState(.offline, ofMachine: "worker", now: at(0))
        let got = try self.store.getJobForMachine("worker", workerLimit: 3, now: at(301))
        #expect(got == nil)
        #expect(try self.store.history(#require(dead)).last == .reclaim)
    }

    @Test func `that is quiescing gets nothing, and stays so while it has jobs`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        let running = try #require(try self.ask())
        try self.store.submit(.command(["make"]), now: at(0))
        try self.store.setState(.quiescing, ofMachine: "worker", now: at(0))
        #expect(try self.ask() == nil)
        #expect(try self.state == .quiescing)
        try self.store.finishJob(running, report: report(.success), now: at(1))
        #expect(try self.ask() == nil)
        #expect(try self.state == .offline)
    }

    @Test func `that comes back online gets jobs again`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        try self.store.setState(.offline, ofMachine: "worker", now: at(0))
        #expect(try self.ask() == nil)
        try self.store.setState(.online, ofMachine: "worker", now: at(0))
        #expect(try self.ask() != nil)
    }

    @Test func `that is not online cannot claim what it makes either, and nothing is left of it`()
        throws
    {
        try self.store.setState(.quiescing, ofMachine: "worker", now: at(0))
        let error = #expect(throws: JobStoreError.self) {
            try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        }
        #expect(error?.code == .machineNotOnline)
        #expect(try self.store.imports().isEmpty)
    }

    @Test func `that nobody knows cannot be put in a state`() throws {
        let error = #expect(throws: JobStoreError.self) {
            try self.store.setState(.offline, ofMachine: "wroker", now: at(0))
        }
        #expect(error?.code == .noSuchMachine)
        #expect(error?.description.contains("wroker") == true)
    }
}

#endif
