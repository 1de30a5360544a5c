// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
internal import WorkerMonitor

/// The row of one step in the life of a job.
struct EventRecord: Codable {
    /// The position in the order of all events, or `nil` before the row is inserted.
    var id: Int64?
    var kind: JobEventKind
    var jobID: Int64
    var importID: Int64
    var date: WallTime
    /// The host name of the machine that had claimed the job, or `nil` if the job was pending.
    var machine: String?
    /// The id of the import's next job if this step created that job, or `nil`.
    var successorID: Int64?
    /// The report of the monitor that handed the job back, or `nil` for other events.
    var report: JobReport?

    enum CodingKeys: String, CodingKey {
        case id
        case kind
        case jobID = "job_id"
        case importID = "import_id"
        case date
        case machine
        case successorID = "successor_id"
        case report
    }
}

extension EventRecord: FetchableRecord, PersistableRecord {
    static var databaseTableName: String { "events" }
}

/// The kind of a step in the life of a job.
public enum JobEventKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The job was created.
    case create = "CREATE"
    /// A machine claimed the job.
    case start = "START"
    /// The job's monitor reported the result.
    case finish = "FINISH"
    /// The job's lease expired, and the store reclaimed the job.
    case reclaim = "RECLAIM"
    /// The job's monitor handed the job back without a result.
    case handBack = "HANDBACK"
    /// An operator cancelled the job.
    case cancel = "CANCEL"
}

#endif
