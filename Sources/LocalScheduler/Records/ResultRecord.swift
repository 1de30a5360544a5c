// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import WorkerMonitor

/// How one attempt ended.
struct ResultRecord: Codable {
    var jobID: Int64
    var importID: Int64
    var status: CodeImportResultStatus
    /// Why it ended; nil where no monitor said so.
    var cause: JobCause?
    var exitCode: Int32?
    var signal: String?
    /// All that the monitor said; nil where none did.
    var report: JobReport?
    /// When a machine claimed the job; nil if none had.
    var dateStarted: WallTime?
    var dateFinished: WallTime
    var logPath: String?
    var tail: String
    var machine: String?

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case importID = "import_id"
        case status
        case cause
        case exitCode = "exit_code"
        case signal
        case report
        case dateStarted = "date_started"
        case dateFinished = "date_finished"
        case logPath = "log_path"
        case tail
        case machine
    }

    /// Makes the result of a job whose monitor said nothing of an end: all that is known is its
    /// last heartbeat.
    init(of job: JobRecord, id: Int64, status: CodeImportResultStatus, at now: WallTime) {
        self.jobID = id
        self.importID = job.importID
        self.status = status
        self.dateStarted = job.dateStarted
        self.dateFinished = now
        self.tail = job.logTail
        self.machine = job.machine
    }

    /// Makes the result that a monitor reported.
    init(of job: JobRecord, id: Int64, report: JobReport, at now: WallTime) {
        self.init(of: job, id: id, status: report.status, at: now)
        self.cause = report.cause
        self.exitCode = report.exitCode
        self.signal = report.signal
        self.report = report
        self.logPath = report.logPath
        self.tail = report.tail
    }
}

extension ResultRecord: FetchableRecord, PersistableRecord {
    static var databaseTableName: String { "results" }
}
