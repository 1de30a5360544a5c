// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import WorkerMonitor

/// How a job ended.
public struct ResultSummary: Sendable, Hashable, Codable {
    /// The attempt.
    public var jobID: Int64
    /// What was imported, or run, as it is now.
    public var what: ImportSummary
    /// How it ended.
    public var status: CodeImportResultStatus
    /// All that its monitor said; nil where none did: the job was reclaimed, or cancelled.
    public var report: JobReport?
    /// When it was claimed; nil if it never was.
    public var dateStarted: WallTime?
    /// When the store learnt of its end.
    public var dateFinished: WallTime
    /// Where its log is; nil if that is not known.
    public var logPath: String?
    /// The newest lines of its log; of the last heartbeat, if its monitor did not report.
    public var tail: String
    /// The host that had it; nil if none had.
    public var machine: String?

    init(_ record: ResultRecord, what: ImportSummary) {
        self.jobID = record.jobID
        self.what = what
        self.status = record.status
        self.report = record.report
        self.dateStarted = record.dateStarted
        self.dateFinished = record.dateFinished
        self.logPath = record.logPath
        self.tail = record.tail
        self.machine = record.machine
    }
}
