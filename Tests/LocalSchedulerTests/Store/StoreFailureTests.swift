// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import GRDB
import TestSupport
import Testing
import WorkerMonitor

@testable import LocalScheduler

@Suite struct `Failed operation of a store` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    /// Returns all rows of the store as text.
    private func contents() throws -> String {
        try self.store.read { db in
            try ["imports", "jobs", "results", "events", "machines"]
                .map { try Row.fetchAll(db, sql: "SELECT * FROM \($0)").description }
                .joined(separator: "\n")
        }
    }

    @Test func `an operation that fails after all its steps changes nothing`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        let before = try self.contents()
        #expect(throws: JobStoreError.self) {
            try self.store.write(now: at(1)) { transaction in
                try transaction.finish(id, report: report(.success))
                _ = try transaction.submit(.command(["make"]))
                _ = try transaction.machine("new")
                throw TestFailure("broken on purpose")
            }
        }
        #expect(try self.contents() == before)
        try self.store.finishJob(id, report: report(.success), now: at(2))
    }

    @Test func `an operation whose last step fails changes nothing`() throws {
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

    @Test func `a store remains usable after an operation fails for lack of space`() throws {
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

    @Test func `an operation on a locked store fails as busy and can be repeated later`() throws {
        var settings = SchedulerSettings()
        settings.busyTimeout = .milliseconds(20)
        let fixture = try StoreFixture(settings)
        let lock = try StoreLock(fixture.store.path)
        let error = storeError { try fixture.store.submit(.command(["make"]), now: at(0)) }
        #expect(error?.code == .busy)
        #expect(try fixture.store.jobs().pending.isEmpty)
        lock.release()
        try fixture.store.submit(.command(["make"]), now: at(0))
    }

    @Test func `an operation on a closed store fails`() throws {
        self.store.close()
        let error = #expect(throws: JobStoreError.self) {
            try self.store.submit(.command(["make"]), now: at(0))
        }
        #expect(error?.code == .failed)
    }

    @Test func `cancelling the busy timeout ends the wait for a locked store`() throws {
        let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        let busyTimeout = BusyTimeout()
        let other = try JobStore(path: self.store.path, busyTimeout: busyTimeout)
        defer { other.close() }
        let lock = try StoreLock(self.store.path)
        // The test cannot see when SQLite begins to wait. A cancel before the wait must have the
        // same effect as a cancel during the wait.
        let canceller = Thread { busyTimeout.cancel() }
        canceller.start()
        let began = ContinuousClock.now
        let error = storeError { try other.updateHeartbeat(ofJob: id, logTail: "", now: at(1)) }
        #expect(error?.code == .busy)
        #expect(error?.isLasting == false)
        #expect(ContinuousClock.now - began < .seconds(2))
        lock.release()
        try other.updateHeartbeat(ofJob: id, logTail: "", now: at(1))
    }

    @Test func `content that cannot be decoded is reported as damaged`() throws {
        try self.store.submit(.command(["make"]), now: at(0))
        try self.store.write(now: at(0)) { transaction in
            try transaction.db.execute(sql: "UPDATE imports SET arguments = 'no list'")
        }
        let error = #expect(throws: JobStoreError.self) { try self.store.jobs() }
        #expect(error?.code == .damaged)
    }
}

@Suite final class `Removed store file` {
    private let fixture: StoreFixture
    private var store: JobStore { self.fixture.store }
    private let job: Int64

    init() throws {
        self.fixture = try StoreFixture()
        self.job = try self.fixture.store.submit(
            .command(["make"]),
            claimedFor: "worker",
            now: at(0)
        )
    }

    private func removeFiles() throws {
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.removeItem(atPath: self.store.path + suffix)
        }
    }

    private func finishError() -> JobStoreError? {
        storeError { try self.store.finishJob(self.job, report: report(.success), now: at(1)) }
    }

    @Test func `operations on a removed store fail with an error that a retry cannot fix`() throws {
        try self.removeFiles()
        let error = self.finishError()
        #expect(error?.code == .removed)
        #expect(error?.isLasting == true)
        #expect(error?.description.contains(self.store.path) == true)
        #expect(
            storeError { try self.store.updateHeartbeat(ofJob: 1, logTail: "", now: at(1)) } != nil
        )
        #expect(storeError { _ = try self.store.jobs() }?.code == .removed)
    }

    @Test func `a store whose folder cannot be entered does not count as removed`() throws {
        // The folder becomes a symbolic link to itself, because root may enter every real folder.
        // The error ELOOP then stands for EACCES: both prove nothing about the file.
        let folder = (self.store.path as NSString).deletingLastPathComponent
        let elsewhere = folder + "-moved"
        try FileManager.default.moveItem(atPath: folder, toPath: elsewhere)
        try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: folder)
        defer {
            try? FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.moveItem(atPath: elsewhere, toPath: folder)
        }
        #expect(self.finishError()?.code != .removed)
    }

    @Test func `operations on a replaced store fail and do not change the new file`() throws {
        try self.removeFiles()
        let new = try JobStore(path: self.store.path)
        #expect(try new.submit(.command(["other"]), claimedFor: "worker", now: at(1)) == self.job)
        #expect(self.finishError()?.code == .removed)
        #expect(try new.jobs().running.map(\.id) == [self.job])
    }

    @Test func `operations succeed again once a moved store file is back`() throws {
        let elsewhere = self.store.path + ".moved"
        try FileManager.default.moveItem(atPath: self.store.path, toPath: elsewhere)
        #expect(self.finishError()?.code == .removed)
        try FileManager.default.moveItem(atPath: elsewhere, toPath: self.store.path)
        #expect(self.finishError() == nil)
        #expect(try self.store.jobs().recent.map(\.jobID) == [self.job])
    }
}

#endif
