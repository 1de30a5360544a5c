// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import GRDB
import Testing
import WorkerMonitor

@testable import LocalScheduler

@Suite final class `The tables of a store` {
    let folder: String
    var path: String { self.folder + "/jobs.sqlite" }

    init() throws { self.folder = try StoreFixture.makeFolder() }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    /// Today's tables, and one thing more.
    private var newer: DatabaseMigrator {
        var migrator = JobStoreSchema.migrator
        migrator.registerMigration("of the future") { db in
            try db.execute(sql: "ALTER TABLE jobs ADD COLUMN colour TEXT")
        }
        return migrator
    }

    private func contents() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self.path)) }

    @Test func `are made in an empty file, which is marked as a store`() throws {
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

    @Test func `are taken over from a file of version 1 with all that is in them`() throws {
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
        try store.finishJob(4, report: report(.success), now: at(0))
        #expect(try store.submit(.command(["make"]), now: at(0)) == 7)
    }

    @Test func `keep what is in them when a newer version changes them`() throws {
        let old = try JobStore(path: self.path)
        let id = try old.submit(.command(["make"]), now: at(0))
        old.close()
        let new = try JobStore(
            path: self.path,
            settings: SchedulerSettings(),
            migrator: self.newer
        )
        #expect(try new.onlyPendingJob()?.id == id)
        let columns = try new.read { try $0.columns(in: "jobs").map(\.name) }
        #expect(columns.contains("colour"))
    }

    @Test func `of a newer version are refused and left as they were`() throws {
        let new = try JobStore(
            path: self.path,
            settings: SchedulerSettings(),
            migrator: self.newer
        )
        try new.submit(.command(["make"]), now: at(0))
        new.close()
        let before = try self.contents()
        let error = #expect(throws: JobStoreError.self) { try JobStore(path: self.path) }
        #expect(error?.code == .newerSchema)
        #expect(error?.description.contains("newer version") == true)
        #expect(try self.contents() == before)
    }

    @Test func `that fail to change leave the file as it was`() throws {
        struct Failure: Error {}
        let old = try JobStore(path: self.path)
        try old.submit(.command(["make"]), now: at(0))
        old.close()
        var broken = JobStoreSchema.migrator
        broken.registerMigration("broken") { db in
            try db.execute(sql: "DELETE FROM jobs")
            throw Failure()
        }
        #expect(throws: JobStoreError.self) {
            try JobStore(path: self.path, settings: SchedulerSettings(), migrator: broken)
        }
        #expect(try JobStore(path: self.path).jobs().pending.count == 1)
    }
}

#endif
