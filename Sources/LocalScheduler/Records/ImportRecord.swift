// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
internal import ProgramSupport

/// The row of an import or of a command.
///
/// The row outlives the jobs of the import.
struct ImportRecord: Codable {
    /// The id, which is never reused, or `nil` before the row is inserted.
    var id: Int64?
    var kind: ImportKind
    var arguments: [String]
    var url: String?
    var destination: String?
    /// The time from one start to the next in microseconds, or `nil` if no job follows after
    /// a result.
    var interval: Int64?
    var reviewStatus: ReviewStatus
    /// The number of failures since the last success.
    var consecutiveFailures: Int
    /// The time of the last complete import, including one that found nothing new.
    var dateLastSuccessful: WallTime?
    var dateCreated: WallTime

    /// The URL, or the command if there is no URL, with passwords and tokens masked.
    var title: String { Self.title(url: self.url, arguments: self.arguments) }

    /// Returns the URL, or else the command, for a person to read; without passwords and tokens.
    static func title(url: String?, arguments: [String]) -> String {
        url.map { ReadableText.escaped(URLMask.masked($0)) } ?? CommandText.line(arguments)
    }

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

    /// Creates the row of an import that the store does not have yet.
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

/// The kind of an import's source.
public enum ImportKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The import has no source. Its jobs run a command.
    case command
    /// A Git repository.
    case git
}

/// Whether an import may have jobs.
public enum ReviewStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// The import may have jobs.
    case reviewed = "REVIEWED"
    /// An operator stopped the import. The next order for it makes it reviewed again.
    case suspended = "SUSPENDED"
    /// The import failed too often in a row. The next order for it allows one more attempt.
    case failing = "FAILING"
    /// The import must not run. The store refuses orders for it.
    case invalid = "INVALID"
}

#endif
