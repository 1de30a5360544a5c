// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// When a trigger runs, relative to its event.
public enum TriggerPhase: Sendable, Hashable {
    /// Before the event; the event waits for asynchronous triggers of this phase.
    case before

    /// With the event. For a shutdown the reactor counts as not running from here on.
    case during

    /// After the event.
    case after
}
