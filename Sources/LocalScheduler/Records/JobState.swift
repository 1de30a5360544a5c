// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Where a job is that has not ended.
public enum JobState: String, Sendable, Hashable, Codable, CaseIterable {
    /// It waits for its due time and for a machine.
    case pending = "PENDING"
    /// A monitor has it.
    case running = "RUNNING"
}
