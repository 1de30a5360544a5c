// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

public import Reactor
public import WorkerMonitor

/// A scheduler that keeps its jobs in a SQLite file on this machine, without a server.
///
///     let store = try JobStore(path: "/srv/jobs.sqlite")
///     let scheduler = SQLiteScheduler(store: store, threads: reactor)
///
/// Each call runs an operation of ``JobStore`` on a thread of the reactor, and its deferred fires
/// on the reactor. The scheduler itself belongs to the thread of the reactor.
public final class SQLiteScheduler: CodeImportScheduler {
    private let store: JobStore
    private let threads: any ReactorThreads
    private let monitor: MonitorProcess?
    private let clock: @Sendable () -> WallTime

    /// Creates a scheduler over a store.
    ///
    /// Several schedulers may share one store.
    ///
    /// - Parameters:
    ///   - store: The store of the jobs.
    ///   - threads: The reactor that runs the operations.
    ///   - monitor: The process that runs the jobs which this scheduler claims, usually
    ///     ``MonitorProcess/current``, or `nil` if that is not known.
    ///   - clock: Returns the current time. It is called on a thread of the reactor when an
    ///     operation begins.
    public init(
        store: JobStore,
        threads: any ReactorThreads,
        monitor: MonitorProcess? = nil,
        clock: @escaping @Sendable () -> WallTime = WallTime.now
    ) {
        self.store = store
        self.threads = threads
        self.monitor = monitor
        self.clock = clock
    }

    /// Claims the next due job for a machine.
    ///
    /// ``JobStore/getJobForMachine(_:by:workerLimit:now:)`` describes the rules.
    public func getJobForMachine(_ hostname: String, workerLimit: Int) -> Deferred<Int64?> {
        self.perform { [monitor] in
            try $0.getJobForMachine(hostname, by: monitor, workerLimit: workerLimit, now: $1)
        }
    }

    /// Returns the arguments for the worker of a running job.
    public func getImportDataForJobID(_ jobID: Int64) -> Deferred<CodeImportJobData> {
        self.perform { store, _ in try store.importData(ofJob: jobID) }
    }

    /// Renews the lease of a running job, and stores the newest lines of its log.
    public func updateHeartbeat(_ jobID: Int64, logTail: String) -> Deferred<Void> {
        self.perform { try $0.updateHeartbeat(ofJob: jobID, logTail: logTail, now: $1) }
    }

    /// Stores the result of a running job; see ``JobStore/finishJob(_:report:now:)``.
    public func finishJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.perform { try $0.finishJob(jobID, report: report, now: $1) }
    }

    /// Makes a running job pending again; see ``JobStore/handBackJob(_:report:now:)``.
    public func handBackJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.perform { try $0.handBackJob(jobID, report: report, now: $1) }
    }

    /// Reclaims every job whose lease has expired.
    ///
    /// Call this method periodically if no machine asks for jobs.
    ///
    /// - Returns: A deferred with the ids of the reclaimed jobs.
    public func reclaimStaleJobs() -> Deferred<[Int64]> {
        self.perform { try $0.reclaimStaleJobs(now: $1) }
    }

    private func perform<Value: Sendable>(
        _ operation: @escaping @Sendable (JobStore, WallTime) throws -> Value
    ) -> Deferred<Value> {
        self.threads.deferToThread { [store, clock] in try operation(store, clock()) }
    }
}

#endif
