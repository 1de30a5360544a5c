// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The numbers that a store of jobs goes by.
///
/// All programs that share a store should use the same.
public struct SchedulerSettings: Sendable, Hashable {
    /// A running job is taken from its monitor once its last heartbeat is *older* than this.
    ///
    /// Monitors must stop their worker before that much time has passed since a heartbeat was
    /// accepted.
    public var reclaimAge: Duration = .seconds(300)

    /// An import is given up, as ``ReviewStatus/failing``, after so many failures in a row.
    public var failureLimit = 5

    /// How many jobs a machine runs at once, where nobody says otherwise.
    public var workerLimit = 3

    /// The time from one start of an import from Git to the next, where nobody says otherwise.
    public var gitInterval: Duration = .seconds(21_600)

    /// How long an operation waits for other programs that have the store locked.
    public var busyTimeout: Duration = .seconds(5)

    /// The numbers of the system that this one is modelled on.
    public init() {}
}
