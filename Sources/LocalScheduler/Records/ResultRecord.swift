// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
internal import WorkerMonitor

/// The row of the result of one attempt.
struct ResultRecord: Codable {
    var jobID: Int64
    var importID: Int64
    var status: CodeImportResultStatus
    /// The cause that the monitor reported, or `nil` without a report.
    var cause: JobCause?
    var exitCode: Int32?
    var signal: String?
    /// The report of the monitor, or `nil` if the job was reclaimed or cancelled.
    var report: JobReport?
    /// The time of the claim, or `nil` if no machine claimed the job.
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

    /// Creates the row for a job without a report, from its last heartbeat.
    init(of job: JobRecord, id: Int64, status: CodeImportResultStatus, at now: WallTime) {
        self.jobID = id
        self.importID = job.importID
        self.status = status
        self.dateStarted = job.dateStarted
        self.dateFinished = now
        self.tail = job.logTail
        self.machine = job.machine
    }

    /// Creates the row for a result that a monitor reported.
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

#endif
