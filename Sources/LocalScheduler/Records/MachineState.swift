// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Whether a machine takes jobs.
public enum MachineState: String, Sendable, Hashable, Codable, CaseIterable {
    /// It does.
    case online = "ONLINE"
    /// It finishes what it runs, takes nothing new, and goes offline then.
    case quiescing = "QUIESCING"
    /// It does not.
    case offline = "OFFLINE"
}
