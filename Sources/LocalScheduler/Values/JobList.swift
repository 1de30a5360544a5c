// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

public import WorkerMonitor

/// The content of a store at one moment.
public struct JobList: Sendable, Hashable, Codable {
    /// The pending jobs, in the order in which the store would hand them out.
    public var pending: [JobSummary]
    /// The running jobs, oldest start first.
    public var running: [JobSummary]
    /// The results of the latest jobs, newest first.
    public var recent: [ResultSummary]
}

/// A pending or running job.
public struct JobSummary: Sendable, Hashable, Codable {
    /// The id of the attempt.
    ///
    /// Ids are never reused.
    public var id: Int64
    /// The import, or the command, that the job runs.
    public var importSummary: ImportSummary
    /// Whether the job is pending or running.
    public var state: JobState
    /// The earliest time at which a machine may claim the job.
    public var dateDue: WallTime
    /// Whether a user is waiting for the job.
    ///
    /// Such jobs are claimed first.
    public var requestedByUser: Bool
    /// The time of the claim, or `nil` while the job is pending.
    public var dateStarted: WallTime?
    /// The time of the last heartbeat, or `nil` while the job is pending.
    public var heartbeat: WallTime?
    /// The newest lines of the job's log, as of the last heartbeat.
    public var logTail: String
    /// The host name of the machine that claimed the job, or `nil` while the job is pending.
    public var machine: String?

    init(_ record: JobRecord, id: Int64, importSummary: ImportSummary) {
        self.id = id
        self.importSummary = importSummary
        self.state = record.state
        self.dateDue = record.dateDue
        self.requestedByUser = record.requestedByUser
        self.dateStarted = record.dateStarted
        self.heartbeat = record.heartbeat
        self.logTail = record.logTail
        self.machine = record.machine
    }
}

/// The result of a job.
public struct ResultSummary: Sendable, Hashable, Codable {
    /// The id of the attempt.
    public var jobID: Int64
    /// The current state of the import, or the command, that the job ran.
    public var importSummary: ImportSummary
    /// The status with which the job finished.
    public var status: CodeImportResultStatus
    /// The report of the job's monitor, or `nil` if the job was reclaimed or cancelled.
    public var report: JobReport?
    /// The time of the claim, or `nil` if no machine claimed the job.
    public var dateStarted: WallTime?
    /// The time at which the store received the result.
    public var dateFinished: WallTime
    /// The path of the job's log, or `nil` if it is unknown.
    public var logPath: String?
    /// The newest lines of the job's log.
    ///
    /// If there is no report, these are the lines of the last heartbeat.
    public var tail: String
    /// The host name of the machine that ran the job, or `nil` if no machine claimed it.
    public var machine: String?

    init(_ record: ResultRecord, importSummary: ImportSummary) {
        self.jobID = record.jobID
        self.importSummary = importSummary
        self.status = record.status
        self.report = record.report
        self.dateStarted = record.dateStarted
        self.dateFinished = record.dateFinished
        self.logPath = record.logPath
        self.tail = record.tail
        self.machine = record.machine
    }
}

/// An import, or a command that is run as a job.
public struct ImportSummary: Sendable, Hashable, Codable {
    /// The id of the import.
    ///
    /// Ids are never reused.
    public var id: Int64
    /// The kind of source.
    public var kind: ImportKind
    /// The arguments of the worker, or the command itself.
    public var arguments: [String]
    /// The URL of the source, or `nil` for a command.
    public var url: String?
    /// The path of the target, or `nil` for a command.
    public var destination: String?
    /// The time from one start to the next, or `nil` if no job follows after a result.
    public var interval: Duration?
    /// Whether the import may have jobs.
    public var reviewStatus: ReviewStatus
    /// The number of failures since the last success.
    ///
    /// Cancelled jobs do not count.
    public var consecutiveFailures: Int
    /// The time of the last complete import, including one that found nothing new.
    public var dateLastSuccessful: WallTime?
    /// The time of the first order.
    public var dateCreated: WallTime

    /// The URL, or the command if there is no URL, for a person to read.
    ///
    /// Passwords and tokens in URLs are replaced by `***`. The other properties contain them as
    /// they were ordered.
    public var title: String {
        ImportRecord.title(url: self.url, arguments: self.arguments)
    }

    init(_ record: ImportRecord, id: Int64) {
        self.id = id
        self.kind = record.kind
        self.arguments = record.arguments
        self.url = record.url
        self.destination = record.destination
        self.interval = record.interval.map { .microseconds($0) }
        self.reviewStatus = record.reviewStatus
        self.consecutiveFailures = record.consecutiveFailures
        self.dateLastSuccessful = record.dateLastSuccessful
        self.dateCreated = record.dateCreated
    }
}

/// One step in the life of a job.
public struct JobEvent: Sendable, Hashable, Codable {
    /// The kind of step.
    public var kind: JobEventKind
    /// The id of the attempt.
    public var jobID: Int64
    /// The time at which the store recorded the step.
    public var date: WallTime
    /// The host name of the machine that had claimed the job, or `nil` if the job was pending.
    public var machine: String?
    /// The id of the import's next job if this step created that job, or `nil`.
    public var successorID: Int64?
    /// The report of the monitor that handed the job back, or `nil` for every other kind of event.
    public var report: JobReport?

    init(_ record: EventRecord) {
        self.kind = record.kind
        self.jobID = record.jobID
        self.date = record.date
        self.machine = record.machine
        self.successorID = record.successorID
        self.report = record.report
    }
}

/// The state of one attempt.
public enum JobLookup: Sendable, Hashable {
    /// The job is pending or running.
    case job(JobSummary)
    /// The job has a result: it finished, was reclaimed, or was cancelled while it was running.
    case result(ResultSummary)
    /// The job was handed back, or cancelled while it was pending.
    ///
    /// If the job was handed back, the event contains the report up to that time and the id of the
    /// job that replaces it.
    case gone(JobEvent)
}

#endif
