// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A job that waits or runs.
public struct JobSummary: Sendable, Hashable, Codable {
    /// The attempt, never reused.
    public var id: Int64
    /// What is imported, or run.
    public var what: ImportSummary
    /// Whether it waits or runs.
    public var state: JobState
    /// The time from which on it may be claimed.
    public var dateDue: WallTime
    /// Whether somebody waits for it.
    public var requestedByUser: Bool
    /// When it was claimed; nil while it waits.
    public var dateStarted: WallTime?
    /// When its monitor last said that it is alive; nil while it waits.
    public var heartbeat: WallTime?
    /// The newest lines of its log, as of the last heartbeat.
    public var logTail: String
    /// The host that claimed it; nil while it waits.
    public var machine: String?

    init(_ record: JobRecord, id: Int64, what: ImportSummary) {
        self.id = id
        self.what = what
        self.state = record.state
        self.dateDue = record.dateDue
        self.requestedByUser = record.requestedByUser
        self.dateStarted = record.dateStarted
        self.heartbeat = record.heartbeat
        self.logTail = record.logTail
        self.machine = record.machine
    }
}
