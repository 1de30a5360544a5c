// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A report that waits in a ``ReportSpool``.
public struct SpooledReport: Sendable, Hashable {
    /// The report.
    public var report: JobReport
    /// When the job was started, in microseconds since 1970; nil: whoever kept it did not say.
    public var jobStartedMicroseconds: Int64?
    /// When it was kept, in microseconds since 1970.
    public var keptAtMicroseconds: Int64
    /// The file that it is in.
    public var path: String

    /// Makes a spooled report.
    public init(
        report: JobReport,
        jobStartedMicroseconds: Int64?,
        keptAtMicroseconds: Int64,
        path: String
    ) {
        self.report = report
        self.jobStartedMicroseconds = jobStartedMicroseconds
        self.keptAtMicroseconds = keptAtMicroseconds
        self.path = path
    }

    /// What a file holds: the report, and one key more.
    struct Content: Codable {
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
