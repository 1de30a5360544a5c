// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import ProgramSupport
internal import Reactor

/// A report that was saved in a ``ReportSpool``.
public struct SpooledReport: Sendable, Hashable {
    /// The report of the job.
    public var report: JobReport
    /// The start of the job in microseconds since 1970, or `nil` if it was not saved.
    public var jobStartedMicroseconds: Int64?
    /// The time when the report was saved, in microseconds since 1970.
    public var keptAtMicroseconds: Int64
    /// The path of the file that contains the report.
    public var path: String

    /// The content of a file: the keys of the report, and one more key.
    fileprivate struct Content: Codable {
        var report: JobReport
        var jobStarted: Int64?

        private enum CodingKeys: String, CodingKey {
            case jobStarted = "job_started_microseconds"
        }

        init(report: JobReport, jobStarted: Int64?) {
            self.report = report
            self.jobStarted = jobStarted
        }

        init(from decoder: any Decoder) throws {
            self.report = try JobReport(from: decoder)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.jobStarted = try container.decodeIfPresent(Int64.self, forKey: .jobStarted)
        }

        func encode(to encoder: any Encoder) throws {
            try self.report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(self.jobStarted, forKey: .jobStarted)
        }
    }
}

/// The error of a report that could not be saved in a ``ReportSpool``.
public struct ReportSpoolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file that could not be written, or the folder that could not be created.
    public let path: String

    /// The system's error number.
    public let errno: Int32

    init(path: String, errno: Int32) {
        self.path = path
        self.errno = errno
    }

    /// The path, the reason, and advice, in whole sentences.
    public var description: String {
        "The report cannot be saved in \(self.path): \(errorText(self.errno)). \(self.advice)"
    }

    private var advice: String {
        switch self.errno {
        case ENOSPC, EDQUOT: "Free some space on its file system."
        default: "Make the folder writable for this user."
        }
    }
}

/// A folder of reports that the scheduler did not accept, to be delivered later.
///
/// Only the user who saves a report may read it, whatever the umask is. Each report is in a
/// separate file. The file is written under a temporary name, flushed and then renamed, so a reader
/// never finds an incomplete report. All methods block: call them through `deferToThread`.
public struct ReportSpool: Sendable, Hashable {
    /// The path of the folder, which is created when the first report is saved.
    public let folder: String

    /// The start of the job whose report may be saved, in microseconds since 1970, or `nil` if it
    /// is unknown.
    ///
    /// The time is saved with the report. If the scheduler's database is created anew, it assigns
    /// ids from 1 again, so the id alone does not identify a job.
    public let jobStartedMicroseconds: Int64?

    /// Creates a spool for a folder, which need not exist yet.
    public init(folder: String, jobStartedMicroseconds: Int64? = nil) {
        self.folder = folder
        self.jobStartedMicroseconds = jobStartedMicroseconds
    }

    /// Saves a report.
    ///
    /// A report of the same job, that is, with the same id and the same start, is replaced. A
    /// report of another job with the same id is not.
    ///
    /// - Returns: The path of the file.
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
            let file = try JobLogFile(temporary, .create, orThrow: .write)
            try file.write(bytes.span.bytes)
            try file.flush(orThrow: .write)
        } catch {
            unlink(temporary)
            throw ReportSpoolError(path: path, errno: error.errno)
        }
        guard rename(temporary, path) == 0 else { throw ReportSpoolError(path: path, errno: errno) }
    }

    /// Returns the path at which to save the report of the job with this id.
    ///
    /// The file at this path does not exist, or contains an earlier report of the same job. Another
    /// job can have the same id if the store was deleted and created again.
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

    /// Returns the saved reports, ordered by job id.
    ///
    /// A file that does not contain a report is skipped and left in the folder.
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

    /// Removes the file of a report that was delivered; does nothing if the file no longer exists.
    public func remove(_ spooled: SpooledReport) {
        try? FileManager.default.removeItem(atPath: spooled.path)
    }
}
