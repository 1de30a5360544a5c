// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB

/// The row of a machine that asks for jobs.
struct MachineRecord: Codable {
    var hostname: String
    var state: MachineState
    /// The time of the machine's last request for a job.
    ///
    /// Requests while the machine is offline do not count.
    var heartbeat: WallTime?
}

extension MachineRecord: FetchableRecord, PersistableRecord {
    static var databaseTableName: String { "machines" }
}

/// Whether a machine gets jobs.
public enum MachineState: String, Sendable, Hashable, Codable, CaseIterable {
    /// The machine gets jobs.
    case online = "ONLINE"
    /// The machine gets no new jobs, and goes offline when its running jobs have finished.
    case quiescing = "QUIESCING"
    /// The machine gets no jobs.
    case offline = "OFFLINE"
}

#endif
