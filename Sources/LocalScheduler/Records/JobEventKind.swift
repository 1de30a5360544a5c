// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What happened to a job.
public enum JobEventKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// It was made.
    case create = "CREATE"
    /// A machine claimed it.
    case start = "START"
    /// Its monitor reported the end.
    case finish = "FINISH"
    /// Its heartbeats stopped, and it was taken from its monitor.
    case reclaim = "RECLAIM"
    /// Its monitor gave it back; nothing ended.
    case handBack = "HANDBACK"
    /// Somebody cancelled it.
    case cancel = "CANCEL"
}
