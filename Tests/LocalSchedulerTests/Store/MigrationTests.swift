// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import GRDB
import TestSupport
import Testing
import WorkerMonitor

@testable import LocalScheduler

@Suite struct `Migration of a store` {
    private let temporaryFolder: TemporaryFolder
    var folder: String { self.temporaryFolder.path }
    var path: String { self.folder + "/jobs.sqlite" }

    init() throws { self.temporaryFolder = try TemporaryFolder() }

    /// The migrations of this version, and one of a version that does not exist yet.
    private var newerMigrator: DatabaseMigrator {
        var migrator = JobStoreSchema.migrator
        migrator.registerMigration("of the future") { db in
            try db.execute(sql: "ALTER TABLE jobs ADD COLUMN color TEXT")
        }
        return migrator
    }

    private func contents() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self.path)) }

    @Test func `a new store has all tables and the application id of a store`() throws {
        let store = try JobStore(path: self.path)
        try store.read { db in
            for table in ["imports", "jobs", "results", "events", "machines"] {
                #expect(try db.tableExists(table))
            }
            let mark = try Int32.fetchOne(db, sql: "PRAGMA application_id")
            #expect(mark == JobStoreSchema.applicationID)
            #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
            #expect(try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
        }
    }

    @Test func `a store of version 1 opens with all its content`() throws {
        let file = try DatabaseQueue(path: self.path)
        try file.write { try $0.execute(sql: Version1Store.dump) }
        try file.close()
        let store = try JobStore(path: self.path)
        let list = try store.jobs()
        #expect(list.pending.map(\.id) == [5])
        #expect(list.running.map(\.machine) == ["worker"])
        #expect(list.recent.map(\.status) == [.reclaimed, .success])
        #expect(list.recent.last?.report?.tail == "done\n")
        #expect(
            list.running.first?.importSummary.arguments == ["git", "https://example.org/a.git"]
        )
        #expect(try store.history(1) == [.create, .start, .finish])
        let columns = try store.read { try $0.columns(in: "jobs").map(\.name) }
        #expect(columns.suffix(2) == ["monitor", "heartbeat_uptime"])
        try store.finishJob(4, report: report(.success), now: at(0))
        #expect(try store.submit(.command(["make"]), now: at(0)) == 7)
    }

    @Test func `a newer migration keeps the existing jobs`() throws {
        let old = try JobStore(path: self.path)
        let id = try old.submit(.command(["make"]), now: at(0))
        old.close()
        let new = try JobStore(
            path: self.path,
            settings: SchedulerSettings(),
            migrator: self.newerMigrator
        )
        #expect(try new.onlyPendingJob()?.id == id)
        let columns = try new.read { try $0.columns(in: "jobs").map(\.name) }
        #expect(columns.contains("color"))
    }

    @Test func `a store of a newer version is refused and its file stays unchanged`() throws {
        let new = try JobStore(
            path: self.path,
            settings: SchedulerSettings(),
            migrator: self.newerMigrator
        )
        try new.submit(.command(["make"]), now: at(0))
        new.close()
        let before = try self.contents()
        let error = #expect(throws: JobStoreError.self) { try JobStore(path: self.path) }
        #expect(error?.code == .newerSchema)
        #expect(error?.description.contains("newer version") == true)
        #expect(try self.contents() == before)
    }

    @Test func `a migration that fails leaves the jobs of the store unchanged`() throws {
        let old = try JobStore(path: self.path)
        try old.submit(.command(["make"]), now: at(0))
        old.close()
        var broken = JobStoreSchema.migrator
        broken.registerMigration("broken") { db in
            try db.execute(sql: "DELETE FROM jobs")
            throw TestFailure("broken on purpose")
        }
        #expect(throws: JobStoreError.self) {
            try JobStore(path: self.path, settings: SchedulerSettings(), migrator: broken)
        }
        #expect(try JobStore(path: self.path).jobs().pending.count == 1)
    }
}

#endif
