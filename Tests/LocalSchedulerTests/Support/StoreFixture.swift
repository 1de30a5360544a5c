// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import GRDB
import LocalScheduler
import TestSupport
import Testing
import WorkerMonitor

/// A store in a temporary folder, which is removed together with the fixture.
final class StoreFixture: Sendable {
    /// The time at which every test begins.
    static let start = WallTime(microseconds: 1_750_000_000_000_000)

    private let folder: TemporaryFolder
    let store: JobStore

    init(_ settings: SchedulerSettings = SchedulerSettings()) throws {
        self.folder = try TemporaryFolder()
        self.store = try JobStore(path: self.folder.path + "/jobs.sqlite", settings: settings)
    }

    deinit {
        self.store.close()
    }

    /// Opens a second store on the same file.
    func openAnother() throws -> JobStore {
        try JobStore(path: self.store.path, settings: self.store.settings)
    }
}

/// Returns the time this many seconds after the beginning of the test.
func at(_ seconds: Double) -> WallTime { StoreFixture.start + .seconds(seconds) }

/// Returns a report, by default of a job whose worker exited by itself.
func report(
    _ status: CodeImportResultStatus,
    cause: JobCause = .exit,
    tail: String = ""
) -> JobReport {
    var report = JobReport(jobID: 0, status: status, cause: cause)
    report.tail = tail
    return report
}

extension ImportOrder {
    /// Returns an order for a Git import every hour.
    static func hourly(_ url: String = "https://example.org/a.git") -> ImportOrder {
        .git(url: url, into: "/srv/a", arguments: ["git", url], every: .seconds(3_600))
    }
}

extension JobStore {
    /// Claims the next due job for the machine "worker", and finishes it with a status.
    func runDueJob(
        _ status: CodeImportResultStatus,
        from start: WallTime,
        lasting duration: Duration = .seconds(10)
    ) throws {
        let claimed = try self.getJobForMachine("worker", workerLimit: 1, now: start)
        let id = try #require(claimed)
        try self.finishJob(id, report: report(status), now: start + duration)
    }

    /// Returns the pending job, or `nil` if there is none or more than one.
    func onlyPendingJob() throws -> JobSummary? {
        let pending = try self.jobs().pending
        return pending.count == 1 ? pending[0] : nil
    }

    /// Returns the import, or `nil` if there is none or more than one.
    func onlyImport() throws -> ImportSummary? {
        let imports = try self.imports()
        return imports.count == 1 ? imports[0] : nil
    }

    /// Returns the kinds of a job's events, oldest first.
    func history(_ id: Int64) throws -> [JobEventKind] {
        try self.events(ofJob: id).map(\.kind)
    }
}

/// Returns the error of a store that `body` throws, or `nil` if it throws none.
///
/// An error of any other type fails the test.
func storeError(_ body: () throws -> Void) -> JobStoreError? {
    do {
        try body()
        return nil
    } catch let error as JobStoreError {
        return error
    } catch {
        Issue.record(error)
        return nil
    }
}

/// A second connection to a store's file, which keeps the file locked for writing.
final class StoreLock {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        self.queue = try DatabaseQueue(path: path, configuration: configuration)
        try self.queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    /// Allows other connections to write again.
    func release() {
        try? self.queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }
}

#endif
