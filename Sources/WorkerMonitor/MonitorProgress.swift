// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// What a monitor can say about its job at any moment, for a display.
public struct MonitorProgress: Sendable, Hashable {
    /// How far the job is.
    public enum Stage: String, Sendable, Hashable {
        /// The scheduler is being asked what to do.
        case preparing
        /// The worker runs.
        case running
        /// The worker was told to end.
        case stopping
        /// The worker has ended; the scheduler is being told.
        case finishing
    }

    /// How far the job is.
    public var stage: Stage
    /// How long the worker has been running.
    public var elapsed: Duration
    /// How many bytes it has written.
    public var outputBytes: Int64
    /// The last line that it has written.
    public var lastLine: String
}
