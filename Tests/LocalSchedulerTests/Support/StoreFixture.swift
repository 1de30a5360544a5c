// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import LocalScheduler
import WorkerMonitor

/// A folder of its own for each test, gone with it, and a store in it.
final class StoreFixture: Sendable {
    /// When every test begins.
    static let start = WallTime(microseconds: 1_750_000_000_000_000)

    let folder: String
    let store: JobStore

    init(_ settings: SchedulerSettings = SchedulerSettings()) throws {
        self.folder = try Self.makeFolder()
        self.store = try JobStore(path: self.folder + "/jobs.sqlite", settings: settings)
    }

    deinit {
        self.store.close()
        try? FileManager.default.removeItem(atPath: self.folder)
    }

    /// Makes an empty folder; whoever asks removes it.
    static func makeFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        return folder
    }

    /// Another store on the same file.
    func another() throws -> JobStore {
        try JobStore(path: self.store.path, settings: self.store.settings)
    }
}

/// So many seconds after the beginning of the test.
func at(_ seconds: Double) -> WallTime { StoreFixture.start + .seconds(seconds) }

/// A report of a job that ended by itself.
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
    /// An order for an import each hour.
    static func hourly(_ url: String = "https://example.org/a.git") -> ImportOrder {
        .git(url: url, into: "/srv/a", arguments: ["git", url], every: .seconds(3_600))
    }
}

extension JobStore {
    /// Claims and finishes the one job that is due.
    func runDueJob(
        _ status: CodeImportResultStatus,
        from start: WallTime,
        lasting duration: Duration = .seconds(10)
    ) throws {
        let id = try self.getJobForMachine("worker", workerLimit: 1, now: start)
        try self.finishJob(id ?? -1, report: report(status), now: start + duration)
    }

    /// The one job that waits.
    func onlyPendingJob() throws -> JobSummary? {
        let pending = try self.jobs().pending
        return pending.count == 1 ? pending[0] : nil
    }

    /// The one import.
    func onlyImport() throws -> ImportSummary? {
        let imports = try self.imports()
        return imports.count == 1 ? imports[0] : nil
    }

    /// The names of what happened to a job, in order.
    func history(_ id: Int64) throws -> [JobEventKind] {
        try self.events(ofJob: id).map(\.kind)
    }
}

#endif
