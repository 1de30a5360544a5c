// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import GRDB
import ProgramSupport
import Testing

@testable import LocalScheduler

@Suite final class `Opening a store` {
    let folder: String

    init() throws { self.folder = try StoreFixture.makeFolder() }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    private func error(_ path: String) -> JobStoreError? {
        do {
            _ = try JobStore(path: path)
            return nil
        } catch {
            return error
        }
    }

    private func write(_ content: String) throws -> String {
        let path = self.folder + "/file"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func `makes the file if there is none, and finds what was in it if there is`() throws {
        let path = self.folder + "/jobs.sqlite"
        let store = try JobStore(path: path)
        try store.submit(.command(["make"]), now: at(0))
        store.close()
        #expect(try JobStore(path: path).onlyPendingJob()?.importSummary.arguments == ["make"])
    }

    @Test func `takes an empty file for a new store`() throws {
        let path = try self.write("")
        #expect(try JobStore(path: path).jobs().pending.isEmpty)
    }

    @Test func `in a folder that is missing fails, names the folder, and makes nothing`() {
        let error = self.error(self.folder + "/missing/jobs.sqlite")
        #expect(error?.code == .cannotOpen)
        #expect(error?.description.contains("\(self.folder)/missing does not exist") == true)
        #expect(!FileManager.default.fileExists(atPath: self.folder + "/missing"))
    }

    @Test func `below a file fails`() throws {
        let error = self.error(try self.write("") + "/jobs.sqlite")
        #expect(error?.code == .cannotOpen)
        #expect(error?.detail.contains("is not a folder") == true)
    }

    @Test func `in place of a folder fails, and says what to name`() {
        let error = self.error(self.folder)
        #expect(error?.code == .cannotOpen)
        #expect(error?.detail.contains("Name a file in it") == true)
    }

    @Test(.timeLimit(.minutes(5)))
    func `on what is no regular file fails at once`() {
        mkfifo(self.folder + "/fifo", 0o600)
        for path in [self.folder + "/fifo", "/dev/null"] {
            #expect(self.error(path)?.code == .cannotOpen)
        }
    }

    @Test func `on a file that is no database fails and leaves it as it was`() throws {
        let content = String(
            repeating: "Dear diary, today I wrote a text of some length. ",
            count: 40
        )
        let path = try self.write(content)
        #expect(self.error(path)?.code == .notAJobStore)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(content.utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.folder) == ["file"])
    }

    @Test func `on the database of another program fails and leaves it as it was`() throws {
        let path = self.folder + "/other.sqlite"
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
        try other.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = self.error(path)
        #expect(error?.code == .notAJobStore)
        #expect(error?.detail.contains("another program") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: self.folder) == ["other.sqlite"]
        )
    }

    @Test func `takes a name that SQLite has a meaning of its own for as the name of a file`()
        throws
    {
        #expect(self.error("")?.code == .cannotOpen)
        #expect(absolutePath(":memory:").hasPrefix("/"))
        #expect(absolutePath("/a/b") == "/a/b")
    }

    @Test func `of the user makes the folders, closed to others`() throws {
        let store = try JobStore(environment: ["XDG_STATE_HOME": self.folder + "/x/y"])
        #expect(store.path == self.folder + "/x/y/worker-monitor/jobs.sqlite")
        let attributes = try FileManager.default.attributesOfItem(
            atPath: self.folder + "/x/y/worker-monitor"
        )
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func `of the user goes by HOME where XDG_STATE_HOME is not set, or relative`() throws {
        let below = self.folder + "/.local/state/worker-monitor/jobs.sqlite"
        #expect(try JobStore(environment: ["HOME": self.folder]).path == below)
        let relative = ["HOME": self.folder, "XDG_STATE_HOME": "state"]
        #expect(try JobStore(environment: relative).path == below)
        let error = #expect(throws: JobStoreError.self) { try JobStore(environment: [:]) }
        #expect(error?.code == .cannotOpen)
        #expect(error?.detail.contains("Set HOME") == true)
    }

    @Test func `of the user fails where its folder cannot be made`() throws {
        let file = try self.write("")
        let error = #expect(throws: JobStoreError.self) {
            try JobStore(environment: ["XDG_STATE_HOME": file + "/state"])
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.detail.contains("cannot be created") == true)
    }

    @Test func `gives up after the busy timeout if others keep the file locked`() throws {
        let path = self.folder + "/jobs.sqlite"
        let holder = try DatabaseQueue(path: path)
        var settings = SchedulerSettings()
        settings.busyTimeout = .milliseconds(50)
        try holder.inTransaction(.exclusive) { _ throws in
            let error = #expect(throws: JobStoreError.self) {
                try JobStore(path: path, settings: settings)
            }
            #expect(error?.code == .busy)
            return .rollback
        }
    }
}

#endif
