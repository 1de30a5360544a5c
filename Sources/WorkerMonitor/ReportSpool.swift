// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import ProgramSupport
internal import Reactor

/// Reports that the scheduler did not take, kept in a folder until it does.
///
/// One file a report, written under another name and moved into place, so that a half-written one
/// is never read. Blocking: use it through `deferToThread`.
public struct ReportSpool: Sendable, Hashable {
    /// The folder; made when it is needed.
    public let folder: String

    /// When the job was started whose report may be kept, in microseconds since 1970; nil: not
    /// known.
    ///
    /// Goes into the file: a scheduler that was made anew counts from one again, so that a number
    /// alone does not say which job it was.
    public let jobStartedMicroseconds: Int64?

    /// Makes a spool over a folder, which need not exist.
    public init(folder: String, jobStartedMicroseconds: Int64? = nil) {
        self.folder = folder
        self.jobStartedMicroseconds = jobStartedMicroseconds
    }

    /// Keeps a report; one of the same job is replaced, one of another job with its number is not.
    ///
    /// - Returns: the file's path.
    /// - Throws: ``ReportSpoolError`` if the folder or the file cannot be written.
    public func keep(_ report: JobReport) throws -> String {
        do {
            try makeFolder(self.folder)
        } catch {
            throw ReportSpoolError(path: error.path, errno: error.errno)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content = SpooledReport.Content(
            report: report,
            jobStarted: self.jobStartedMicroseconds
        )
        let path = self.freePath(report.jobID)
        try Self.write([UInt8](try encoder.encode(content)), to: path)
        return path
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(ReportSpoolError) {
        let temporary = path + ".new"
        unlink(temporary)
        do throws(JobLogError) {
            let file = try JobLogFile(temporary, .create, failing: .write)
            try file.write(bytes.span.bytes)
            try file.flush(failing: .write)
        } catch {
            unlink(temporary)
            throw ReportSpoolError(path: path, errno: error.errno)
        }
        guard rename(temporary, path) == 0 else { throw ReportSpoolError(path: path, errno: errno) }
    }

    /// Where the report of a job of that number goes.
    private func freePath(_ jobID: Int64) -> String {
        var path = "\(self.folder)/job-\(jobID).json"
        var number = 2
        while FileManager.default.fileExists(atPath: path), !self.isOfThisJob(path) {
            path = "\(self.folder)/job-\(jobID).\(number).json"
            number += 1
        }
        return path
    }

    private func isOfThisJob(_ path: String) -> Bool {
        guard let spooled = Self.read(path) else { return false }
        return spooled.jobStartedMicroseconds == self.jobStartedMicroseconds
    }

    /// The reports that wait, oldest job first.
    ///
    /// A file that is not a report is left where it is and skipped.
    public func pending() -> [SpooledReport] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.folder)) ?? []
        return names.filter { $0.hasPrefix("job-") && $0.hasSuffix(".json") }
            .compactMap { Self.read("\(self.folder)/\($0)") }
            .sorted { ($0.report.jobID, $0.path) < ($1.report.jobID, $1.path) }
    }

    private static func read(_ path: String) -> SpooledReport? {
        guard let data = FileManager.default.contents(atPath: path),
            let content = try? JSONDecoder().decode(SpooledReport.Content.self, from: data),
            let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let date = attributes[.modificationDate] as? Date
        else { return nil }
        return SpooledReport(
            report: content.report,
            jobStartedMicroseconds: content.jobStarted,
            keptAtMicroseconds: Int64(date.timeIntervalSince1970 * 1_000_000),
            path: path
        )
    }

    /// Forgets a report that was delivered.
    public func remove(_ spooled: SpooledReport) {
        try? FileManager.default.removeItem(atPath: spooled.path)
    }
}
