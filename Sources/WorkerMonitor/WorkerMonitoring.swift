// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// What the protocol of a worker needs of its monitor.
public protocol WorkerMonitoring: AnyObject {
    /// How the job is monitored.
    var configuration: WorkerMonitorConfiguration { get }

    /// When the scheduler knew for the last time that the job lives, before its first heartbeat, on
    /// the clock of the worker's protocol; nil: when that connects.
    var leaseStart: Duration? { get }

    /// Tells the scheduler that the job lives. Fails with ``NoSuchCodeImportJob`` if it has gone.
    func updateHeartbeat(_ logTail: String) -> Deferred<Void>
}

extension WorkerMonitoring {
    /// When the worker's protocol connects.
    public var leaseStart: Duration? { nil }
}
