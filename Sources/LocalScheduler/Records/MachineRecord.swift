// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A host that asks for jobs.
struct MachineRecord: Codable {
    var hostname: String
    var state: MachineState
    /// When it last asked, unless it was offline then; nil: never.
    var heartbeat: WallTime?
}

extension MachineRecord: FetchableRecord, PersistableRecord {
    static var databaseTableName: String { "machines" }
}
