// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor
public import WorkerMonitor

/// The scheduler that needs no server: a store of jobs on this host, asked through a reactor's
/// threads.
///
/// Confined to the reactor, as what it answers through is. What it does is ``JobStore``'s; look
/// there.
public final class SQLiteScheduler: CodeImportScheduler {
    private let store: JobStore
    private let threads: any ReactorThreads
    private let clock: @Sendable () -> WallTime

    /// Creates a scheduler that uses a store.
    ///
    /// - Parameters:
    ///   - store: The store. Several schedulers may share it.
    ///   - threads: The reactor on whose other threads the operations of the store run.
    ///   - clock: Returns the current time. Each operation calls it on its own thread when it begins.
    public init(
        store: JobStore,
        threads: any ReactorThreads,
        clock: @escaping @Sendable () -> WallTime = WallTime.now
    ) {
        self.store = store
        self.threads = threads
        self.clock = clock
    }

    /// Claims the next job that is due for the machine `hostname`, which runs at most `workerLimit`
    /// at once.
    public func getJobForMachine(_ hostname: String, workerLimit: Int) -> Deferred<Int64?> {
        self.ask { try $0.getJobForMachine(hostname, workerLimit: workerLimit, now: $1) }
    }

    /// What the worker of a job is to do.
    public func getImportDataForJobID(_ jobID: Int64) -> Deferred<CodeImportJobData> {
        self.ask { store, _ in try store.importData(ofJob: jobID) }
    }

    /// Says that the job is alive, with the newest lines of its log.
    public func updateHeartbeat(_ jobID: Int64, logTail: String) -> Deferred<Void> {
        self.ask { try $0.updateHeartbeat(ofJob: jobID, logTail: logTail, now: $1) }
    }

    /// Says that the job is over and how.
    public func finishJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.ask { try $0.finishJob(jobID, report: report, now: $1) }
    }

    /// Gives a job back that this monitor cannot go on with.
    public func handBackJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.ask { try $0.handBackJob(jobID, report: report, now: $1) }
    }

    /// Takes every job from its monitor whose heartbeat is too old; for a call now and then.
    ///
    /// - Returns: the jobs that were taken.
    public func reclaimStaleJobs() -> Deferred<[Int64]> {
        self.ask { try $0.reclaimStaleJobs(now: $1) }
    }

    /// Does something to the store on a thread that may wait.
    private func ask<Value: Sendable>(
        _ operation: @escaping @Sendable (JobStore, WallTime) throws -> Value
    ) -> Deferred<Value> {
        self.threads.deferToThread { [store, clock] in try operation(store, clock()) }
    }
}
