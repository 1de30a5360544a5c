// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// What the protocol of a worker needs of its monitor.
public protocol WorkerMonitoring: AnyObject {
    /// How the job is monitored.
    var configuration: WorkerMonitorConfiguration { get }

    /// Tells the scheduler that the job lives. Fails with ``NoSuchCodeImportJob`` if it has gone.
    func updateHeartbeat(_ logTail: String) -> Deferred<Void>
}
