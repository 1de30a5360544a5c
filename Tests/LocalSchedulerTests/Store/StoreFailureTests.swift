// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import GRDB
import Testing
import WorkerMonitor

@testable import LocalScheduler

@Suite struct `An operation that fails` {
    struct Failure: Error {}
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    /// Everything in the store, as text.
    private func contents() throws -> String {
        try self.store.read { db in
            try ["imports", "jobs", "results", "events", "machines"]
                .map { try Row.fetchAll(db, sql: "SELECT * FROM \($0)").description }
                .joined(separator: "\n")
        }
    }

    @Test func `leaves nothing of what it had done, not even with all of it done`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        let before = try self.contents()
        #expect(throws: JobStoreError.self) {
            try self.store.write(now: at(1)) { transaction in
                try transaction.finish(id, report: report(.success))
                _ = try transaction.submit(.command(["make"]))
                _ = try transaction.machine("new")
                throw Failure()
            }
        }
        #expect(try self.contents() == before)
        try self.store.finishJob(id, report: report(.success), now: at(2))
    }

    @Test func `in its last step leaves nothing of the steps before`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try self.store.write(now: at(0)) { transaction in
            try transaction.db.execute(
                sql: """
                    CREATE TRIGGER no_finish BEFORE INSERT ON events WHEN NEW.kind = 'FINISH'
                    BEGIN SELECT raise(ABORT, 'broken on purpose'); END
                    """
            )
        }
        let before = try self.contents()
        let error = #expect(throws: JobStoreError.self) {
            try self.store.finishJob(id, report: report(.success), now: at(1))
        }
        #expect(error?.description.contains("broken on purpose") == true)
        #expect(try self.contents() == before)
    }

    @Test func `for want of room leaves the store usable`() throws {
        let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        try self.store.write(now: at(0)) { try $0.db.execute(sql: "PRAGMA max_page_count = 1") }
        let tail = String(repeating: "x", count: 1_000_000)
        let error = #expect(throws: JobStoreError.self) {
            try self.store.finishJob(id, report: report(.success, tail: tail), now: at(1))
        }
        #expect(error?.code == .diskFull)
        try self.store.write(now: at(0)) { transaction in
            try transaction.db.execute(sql: "PRAGMA max_page_count = 1000000")
        }
        try self.store.finishJob(id, report: report(.success, tail: tail), now: at(2))
        #expect(try self.store.jobs().recent.first?.tail == tail)
    }

    @Test func `because others have the store locked says so, and can be tried again`() throws {
        var settings = SchedulerSettings()
        settings.busyTimeout = .milliseconds(20)
        let fixture = try StoreFixture(settings)
        let holder = try DatabaseQueue(path: fixture.store.path)
        try holder.inTransaction(.immediate) { _ throws in
            let error = #expect(throws: JobStoreError.self) {
                try fixture.store.submit(.command(["make"]), now: at(0))
            }
            #expect(error?.code == .busy)
            #expect(try fixture.store.jobs().pending.isEmpty)
            return .rollback
        }
        try fixture.store.submit(.command(["make"]), now: at(0))
    }

    @Test func `because the store was closed says so`() throws {
        self.store.close()
        let error = #expect(throws: JobStoreError.self) {
            try self.store.submit(.command(["make"]), now: at(0))
        }
        #expect(error?.code == .failed)
    }

    @Test func `on what cannot be read says so, and does not stop the program`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        try self.store.write(now: at(0)) { transaction in
            try transaction.db.execute(sql: "UPDATE imports SET arguments = 'no list'")
        }
        let error = #expect(throws: JobStoreError.self) { try self.store.jobs() }
        #expect(error?.code == .damaged)
    }
}

#endif
