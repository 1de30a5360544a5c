// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// What is imported, or which command is run.
public struct ImportSummary: Sendable, Hashable, Codable {
    /// The import, never reused.
    public var id: Int64
    /// What kind of thing it is.
    public var kind: ImportKind
    /// The worker's arguments, or the command itself.
    public var arguments: [String]
    /// What is imported; nil if that means nothing.
    public var url: String?
    /// Where it is imported to; nil if that means nothing.
    public var destination: String?
    /// The time from one start to the next; nil: one job, and no other after its end.
    public var interval: Duration?
    /// Whether it may have jobs.
    public var reviewStatus: ReviewStatus
    /// Results that were no success since the last one that was; what an operator ended does not
    /// count.
    public var consecutiveFailures: Int
    /// When it was last imported whole, or found to be up to date.
    public var dateLastSuccessful: WallTime?
    /// When it was first ordered.
    public var dateCreated: WallTime

    /// What it is, for people: the address, or else the command; with `***` for what may be a
    /// password or a token in a URL, which the other fields have as it was ordered.
    public var title: String {
        URLMask.masked(self.url ?? self.arguments.joined(separator: " "))
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
