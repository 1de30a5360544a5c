// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What a store holds at one moment.
public struct JobList: Sendable, Hashable, Codable {
    /// The jobs that wait, in the order in which they would be claimed.
    public var pending: [JobSummary]
    /// The jobs that run, those that began first before the others.
    public var running: [JobSummary]
    /// How the latest jobs ended, newest first.
    public var recent: [ResultSummary]
}
