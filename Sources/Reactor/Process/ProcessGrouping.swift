// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Which process group and session a child is in.
public enum ProcessGrouping: Sendable, Hashable {
    /// The parent's group: a Ctrl-C at the parent's terminal reaches the child too, and signals for
    /// the group go to the child alone.
    case inherit
    /// A group of its own in the parent's session.
    case group
    /// A session of its own, and with it a group.
    case session
}
