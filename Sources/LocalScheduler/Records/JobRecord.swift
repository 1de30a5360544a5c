// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// One attempt at an import, from its making to its end; its row goes then, and its id never comes
/// back.
struct JobRecord: Codable {
    /// The attempt; nil until it is stored.
    var id: Int64?
    var importID: Int64
    var state: JobState
    var dateDue: WallTime
    var requestedByUser: Bool
    /// When a machine claimed it; like the next three it means nothing while the job is pending.
    var dateStarted: WallTime?
    /// When its monitor last said that it is alive.
    var heartbeat: WallTime?
    var logTail = ""
    /// The host that claimed it.
    var machine: String?

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
    }

    /// Makes the row of a job that waits.
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
