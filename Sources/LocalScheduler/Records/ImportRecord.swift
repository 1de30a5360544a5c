// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import ProgramSupport

/// What is imported, or which command is run: the row that outlives its jobs.
struct ImportRecord: Codable {
    /// The import, never reused; nil until it is stored.
    var id: Int64?
    var kind: ImportKind
    var arguments: [String]
    var url: String?
    var destination: String?
    /// Microseconds from one start to the next; nil: one job, and no other after its end.
    var interval: Int64?
    var reviewStatus: ReviewStatus
    /// Results that were no success since the last one that was.
    var consecutiveFailures: Int
    /// When it was last imported whole, or found to be up to date.
    var dateLastSuccessful: WallTime?
    var dateCreated: WallTime

    /// What it is, for people: the address, or else the command; without what may be a password or
    /// a token in a URL.
    var title: String { URLMask.masked(self.url ?? self.arguments.joined(separator: " ")) }

    enum CodingKeys: String, CodingKey {
        case id
        case kind
        case arguments
        case url
        case destination
        case interval
        case reviewStatus = "review_status"
        case consecutiveFailures = "consecutive_failures"
        case dateLastSuccessful = "date_last_successful"
        case dateCreated = "date_created"
    }

    /// Makes the row for something that was not there before.
    init(_ order: ImportOrder, created: WallTime) {
        self.kind = order.kind
        self.arguments = order.arguments
        self.url = order.url
        self.destination = order.destination
        self.interval = order.intervalMicroseconds
        self.reviewStatus = .reviewed
        self.consecutiveFailures = 0
        self.dateCreated = created
    }
}

extension ImportRecord: FetchableRecord, MutablePersistableRecord {
    static var databaseTableName: String { "imports" }

    mutating func didInsert(_ inserted: InsertionSuccess) {
        self.id = inserted.rowID
    }
}
