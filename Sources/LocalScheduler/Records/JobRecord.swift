// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB

/// The row of one attempt at an import.
///
/// The row is deleted when the attempt ends, and its id is never reused.
struct JobRecord: Codable {
    /// The id of the attempt, or `nil` before the row is inserted.
    var id: Int64?
    var importID: Int64
    var state: JobState
    var dateDue: WallTime
    var requestedByUser: Bool
    /// The time of the claim.
    ///
    /// This property and the following ones have no meaning while the job is pending.
    var dateStarted: WallTime?
    /// The time of the last heartbeat.
    var heartbeat: WallTime?
    var logTail = ""
    /// The host name of the machine that claimed the job.
    var machine: String?
    /// The process that runs the job, or `nil` if the claim did not name it.
    var monitor: MonitorProcess?
    /// The uptime of the monitor's machine at the last heartbeat, in microseconds.
    var heartbeatUptime: Int64?

    enum CodingKeys: String, CodingKey {
        case id
        case importID = "import_id"
        case state
        case dateDue = "date_due"
        case requestedByUser = "requested_by_user"
        case dateStarted = "date_started"
        case heartbeat
        case logTail = "log_tail"
        case machine
        case monitor
        case heartbeatUptime = "heartbeat_uptime"
    }

    /// Creates the row of a pending job.
    init(importID: Int64, due: WallTime, requestedByUser: Bool) {
        self.importID = importID
        self.state = .pending
        self.dateDue = due
        self.requestedByUser = requestedByUser
    }
}

extension JobRecord: FetchableRecord, MutablePersistableRecord {
    static var databaseTableName: String { "jobs" }

    mutating func didInsert(_ inserted: InsertionSuccess) {
        self.id = inserted.rowID
    }
}

/// The state of a job that has not finished.
public enum JobState: String, Sendable, Hashable, Codable, CaseIterable {
    /// The job waits for its due time and for a machine.
    case pending = "PENDING"
    /// A monitor has claimed the job.
    case running = "RUNNING"
}

#endif
