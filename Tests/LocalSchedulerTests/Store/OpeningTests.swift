// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import GRDB
import ProgramSupport
import TestSupport
import Testing

@testable import LocalScheduler

@Suite struct `Opening of a store` {
    private let temporaryFolder: TemporaryFolder
    var folder: String { self.temporaryFolder.path }

    init() throws { self.temporaryFolder = try TemporaryFolder() }

    private func openingError(_ path: String) -> JobStoreError? {
        storeError { _ = try JobStore(path: path) }
    }

    private func write(_ content: String) throws -> String {
        let path = self.folder + "/file"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func `opening a store creates its file, or reads the jobs of an existing one`() throws {
        let path = self.folder + "/jobs.sqlite"
        let store = try JobStore(path: path)
        try store.submit(.command(["make"]), now: at(0))
        store.close()
        #expect(try JobStore(path: path).onlyPendingJob()?.importSummary.arguments == ["make"])
    }

    @Test func `an empty file becomes a new store`() throws {
        let path = try self.write("")
        #expect(try JobStore(path: path).jobs().pending.isEmpty)
    }

    @Test func `opening a store in a missing folder fails and does not create the folder`() {
        let error = self.openingError(self.folder + "/missing/jobs.sqlite")
        #expect(error?.code == .cannotOpen)
        #expect(error?.description.contains("\(self.folder)/missing does not exist") == true)
        #expect(!FileManager.default.fileExists(atPath: self.folder + "/missing"))
    }

    @Test func `opening a store below a regular file fails`() throws {
        let error = self.openingError(try self.write("") + "/jobs.sqlite")
        #expect(error?.code == .cannotOpen)
        #expect(error?.detail.contains("is not a folder") == true)
    }

    @Test func `opening a folder as a store fails and suggests a file in it`() {
        let error = self.openingError(self.folder)
        #expect(error?.code == .cannotOpen)
        #expect(error?.detail.contains("Name a file in it") == true)
    }

    @Test(.timeLimit(.minutes(5)))
    func `opening a FIFO or a device as a store fails at once`() {
        mkfifo(self.folder + "/fifo", 0o600)
        for path in [self.folder + "/fifo", "/dev/null"] {
            #expect(self.openingError(path)?.code == .cannotOpen)
        }
    }

    @Test func `opening a text file as a store fails and leaves the file unchanged`() throws {
        let content = String(
            repeating: "Dear diary, today I wrote a text of some length. ",
            count: 40
        )
        let path = try self.write(content)
        #expect(self.openingError(path)?.code == .notAJobStore)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(content.utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.folder) == ["file"])
    }

    @Test func `opening the database of another program fails and leaves it unchanged`() throws {
        let path = self.folder + "/other.sqlite"
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
        try other.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = self.openingError(path)
        #expect(error?.code == .notAJobStore)
        #expect(error?.detail.contains("another program") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: self.folder) == ["other.sqlite"]
        )
    }

    @Test func `names with a special meaning for SQLite are treated as file names`()
        throws
    {
        #expect(self.openingError("")?.code == .cannotOpen)
        #expect(absolutePath(":memory:").hasPrefix("/"))
        #expect(absolutePath("/a/b") == "/a/b")
    }

    @Test func `the user's store is in a new folder that other users cannot enter`() throws {
        let store = try JobStore(environment: ["XDG_STATE_HOME": self.folder + "/x/y"])
        #expect(store.path == self.folder + "/x/y/worker-monitor/jobs.sqlite")
        let attributes = try FileManager.default.attributesOfItem(
            atPath: self.folder + "/x/y/worker-monitor"
        )
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func `the user's store is below HOME if XDG_STATE_HOME is missing or relative`() throws {
        let below = self.folder + "/.local/state/worker-monitor/jobs.sqlite"
        #expect(try JobStore(environment: ["HOME": self.folder]).path == below)
        let relative = ["HOME": self.folder, "XDG_STATE_HOME": "state"]
        #expect(try JobStore(environment: relative).path == below)
        let error = #expect(throws: JobStoreError.self) { try JobStore(environment: [:]) }
        #expect(error?.code == .cannotOpen)
        #expect(error?.detail.contains("Set HOME") == true)
    }

    @Test func `opening the user's store fails if its folder cannot be created`() throws {
        let file = try self.write("")
        let error = #expect(throws: JobStoreError.self) {
            try JobStore(environment: ["XDG_STATE_HOME": file + "/state"])
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.detail.contains("cannot be created") == true)
    }

    @Test func `opening a file that stays locked fails after the busy timeout`() throws {
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
