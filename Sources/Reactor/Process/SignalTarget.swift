// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Whom a signal is for.
public enum SignalTarget: Sendable, Hashable {
    /// The process that was started.
    case leader
    /// Every member of its process group; for a child without a group of its own, the leader alone.
    case group
}
