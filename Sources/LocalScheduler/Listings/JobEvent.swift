// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import WorkerMonitor

/// One step in the life of a job.
public struct JobEvent: Sendable, Hashable, Codable {
    /// What happened.
    public var kind: JobEventKind
    /// The attempt.
    public var jobID: Int64
    /// When the store did it.
    public var date: WallTime
    /// The host that had the job then; nil if none had.
    public var machine: String?
    /// The job that came in its place; nil if none did.
    public var successorID: Int64?
    /// What the monitor said that gave the job back; nil for every other kind.
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
