// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

/// The limits and intervals of a store.
///
/// All programs that share a store should use the same settings.
public struct SchedulerSettings: Sendable, Hashable {
    /// The age of a heartbeat after which the lease of its job has expired (default: 300 seconds).
    ///
    /// The store then reclaims the job.
    ///
    /// A monitor must stop its worker before this much time has passed since the store accepted
    /// a heartbeat.
    public var reclaimAge: Duration = .seconds(300)

    /// The number of failures in a row after which an import becomes ``ReviewStatus/failing``
    /// (default: 5).
    public var failureLimit = 5

    /// The number of jobs that a machine may run at once, for callers that do not set a limit
    /// (default: 3).
    public var workerLimit = 3

    /// The time from one start of a Git import to the next, for orders that do not give an interval
    /// (default: six hours).
    public var gitInterval: Duration = .seconds(21_600)

    /// The longest time that an operation waits while another program has the store locked
    /// (default: five seconds; at most one hour).
    public var busyTimeout: Duration = .seconds(5)

    /// Creates settings with the defaults.
    ///
    /// Apart from the busy timeout, these are the defaults of Launchpad's code-import scheduler.
    public init() {}
}

#endif
