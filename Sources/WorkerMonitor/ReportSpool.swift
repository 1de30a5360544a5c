// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Reports that the scheduler did not take, kept in a folder until it does.
///
/// One file a report, written under another name and moved into place, so that a half-written one
/// is never read. Blocking: use it through `deferToThread`.
public struct ReportSpool: Sendable, Hashable {
    /// The folder; made when it is needed.
    public let folder: String

    /// Makes a spool over a folder, which need not exist.
    public init(folder: String) {
        self.folder = folder
    }

    /// Keeps a report.
    ///
    /// - Returns: the file's path.
    /// - Throws: the system's error if the folder or the file cannot be written.
    public func keep(_ report: JobReport) throws -> String {
        try FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let path = "\(self.folder)/job-\(report.jobID).json"
        try encoder.encode(report).write(to: URL(fileURLWithPath: path), options: .atomic)
        return path
    }

    /// The reports that wait, oldest job first.
    ///
    /// A file that is not a report is left where it is and skipped.
    public func pending() -> [SpooledReport] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.folder)) ?? []
        let paths = names.filter { $0.hasPrefix("job-") && $0.hasSuffix(".json") }
        return paths.compactMap { name in
            let path = "\(self.folder)/\(name)"
            guard let data = FileManager.default.contents(atPath: path),
                let report = try? JSONDecoder().decode(JobReport.self, from: data),
                let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let date = attributes[.modificationDate] as? Date
            else { return nil }
            let microseconds = Int64(date.timeIntervalSince1970 * 1_000_000)
            return SpooledReport(report: report, keptAtMicroseconds: microseconds)
        }.sorted { $0.report.jobID < $1.report.jobID }
    }

    /// Forgets a report that was delivered.
    public func remove(_ jobID: Int64) {
        try? FileManager.default.removeItem(atPath: "\(self.folder)/job-\(jobID).json")
    }
}
