// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// The outside that hands out import jobs and wants to know what becomes of them.
///
/// A job id names one attempt. A finished, reclaimed or handed-back job is gone, and its successor
/// has another id: so a monitor that comes too late gets ``NoSuchCodeImportJob`` and can hurt
/// nobody. Every method answers through a deferred on the reactor and never blocks. Any other
/// failure is taken to be passing, unless it is a ``LastingSchedulerFailure``: heartbeats, finish and hand-back may be tried again,
/// ``getJobForMachine(_:workerLimit:)`` may not (its answer may have been lost on the way, and the
/// job with it, until it is reclaimed).
public protocol CodeImportScheduler: AnyObject {
    /// Claims the next job that is due for the machine `hostname`, which runs at most `workerLimit`
    /// at once.
    ///
    /// The job counts as running with a fresh heartbeat from then on. nil: there is none.
    func getJobForMachine(_ hostname: String, workerLimit: Int) -> Deferred<Int64?>

    /// What the worker of a job is to do.
    ///
    /// Fails with ``NoSuchCodeImportJob`` if the job has gone.
    func getImportDataForJobID(_ jobID: Int64) -> Deferred<CodeImportJobData>

    /// Says that the job is alive, with the newest lines of its log.
    ///
    /// Fails with ``NoSuchCodeImportJob`` if the job has gone: its worker must be stopped then.
    func updateHeartbeat(_ jobID: Int64, logTail: String) -> Deferred<Void>

    /// Says that the job is over and how. Safe to repeat.
    ///
    /// Fails with ``NoSuchCodeImportJob`` if the job has gone, also when an earlier try got
    /// through.
    func finishJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void>

    /// Gives a job back that this monitor cannot go on with, so that another may take it at once.
    /// Safe to repeat.
    ///
    /// Fails with ``NoSuchCodeImportJob`` if the job has gone.
    func handBackJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void>
}

extension CodeImportScheduler {
    /// Does nothing: without heartbeats the scheduler reclaims the job by itself, after its reclaim
    /// age.
    public func handBackJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        .succeeded(())
    }
}
