// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
public import WorkerMonitor

/// The operations that monitors need.
extension JobStore {
    /// Claims the next due job for a machine.
    ///
    /// The store first reclaims every job whose lease has expired, on all machines. A machine that
    /// is not known yet becomes online. An offline machine gets no job. A quiescing machine gets
    /// no job either, and becomes offline when it has no jobs left. Jobs that a user waits for
    /// come first, then those with the earliest due time.
    ///
    /// - Parameters:
    ///   - hostname: The name of the machine.
    ///   - monitor: The process that will run the job, or `nil` if it is not known.
    ///   - workerLimit: The number of jobs that the machine may run at once.
    ///   - now: The current time.
    /// - Returns: The id of a running job with a fresh heartbeat, or `nil` if no job is due or the
    ///   machine may not have one.
    public func getJobForMachine(
        _ hostname: String,
        by monitor: MonitorProcess? = nil,
        workerLimit: Int,
        now: WallTime
    ) throws -> Int64? {
        try self.write(now: now) {
            try $0.pickJob(for: hostname, by: monitor, workerLimit: workerLimit)
        }
    }

    /// Returns the arguments for the worker of a running job.
    public func importData(ofJob id: Int64) throws -> CodeImportJobData {
        try self.read { db in
            guard let job = try JobRecord.fetchOne(db, key: id), job.state == .running else {
                throw NoSuchCodeImportJob(jobID: id)
            }
            let record = try ImportRecord.find(db, key: job.importID)
            return CodeImportJobData(arguments: record.arguments, targetURL: record.url)
        }
    }

    /// Renews the lease of a running job, and stores the newest lines of its log.
    public func updateHeartbeat(ofJob id: Int64, logTail: String, now: WallTime) throws {
        try self.write(now: now) { try $0.beat(id, logTail: logTail) }
    }

    /// Stores the result of a running job, and creates the next job of its import if one follows.
    ///
    /// The next job is due one interval after the *start* of this one. After failures it is due
    /// after 1, 2, 4, 8… times the interval, and after a partial success at once. No job follows if
    /// the import has no interval, is not reviewed, or has reached the limit of failures. In that
    /// last case it becomes failing.
    ///
    /// A `FAILURE_TEMPORARY` neither counts as a failure nor resets their number. Several of them
    /// in a row double the interval as well, up to a day, and the next job is not due before the
    /// `retry_after` of the report has passed.
    public func finishJob(_ id: Int64, report: JobReport, now: WallTime) throws {
        try self.write(now: now) { try $0.finish(id, report: report) }
    }

    /// Makes a running job pending again, with a new id.
    ///
    /// This does not count as a failure. The job is due now. If the report says that the machine is
    /// at fault, however, the job is due after its `retry_after`, or else after five minutes, and
    /// the wait doubles with each further fault, up to an hour.
    public func handBackJob(_ id: Int64, report: JobReport, now: WallTime) throws {
        try self.write(now: now) { try $0.handBack(id, report: report) }
    }
}

#endif
