// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import WorkerMonitor

/// One step in the life of a job.
struct EventRecord: Codable {
    /// Its place in the order of all events; nil until it is stored.
    var id: Int64?
    var kind: JobEventKind
    var jobID: Int64
    var importID: Int64
    var date: WallTime
    /// The machine that had the job.
    var machine: String?
    /// The job that came in its place, if one did.
    var successorID: Int64?
    /// What the monitor said that gave the job back; nil for other events.
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
