// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The two events of a reactor's life.
public enum SystemEvent: Sendable, Hashable {
    /// The reactor begins to run.
    case startup

    /// The reactor was asked to stop.
    case shutdown
}
