// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
public import WorkerMonitor

/// What the monitors of jobs ask for.
extension JobStore {
    /// Claims the next job that is due for the machine `hostname`, which runs at most `workerLimit`
    /// at once.
    ///
    /// First every job whose heartbeat is too old is taken from its monitor, on whatever machine. A
    /// machine that is not known yet is online from then on; one that is offline gets nothing; one
    /// that is quiescing gets nothing, and goes offline once it has no jobs. Then jobs come first
    /// that somebody waits for, then those that were due first.
    ///
    /// - Returns: the job, which is running and has a fresh heartbeat; nil if there is none.
    public func getJobForMachine(
        _ hostname: String,
        workerLimit: Int,
        now: WallTime
    ) throws -> Int64? {
        try self.write(now: now) { try $0.pickJob(for: hostname, workerLimit: workerLimit) }
    }

    /// What the worker of a running job is to do.
    public func importData(ofJob id: Int64) throws -> CodeImportJobData {
        try self.read { db in
            guard let job = try JobRecord.fetchOne(db, key: id), job.state == .running else {
                throw NoSuchCodeImportJob(jobID: id)
            }
            let what = try ImportRecord.find(db, key: job.importID)
            return CodeImportJobData(arguments: what.arguments, targetURL: what.url)
        }
    }

    /// Takes down that a running job is alive, and the newest lines of its log.
    public func updateHeartbeat(ofJob id: Int64, logTail: String, now: WallTime) throws {
        try self.write(now: now) { try $0.beat(id, logTail: logTail) }
    }

    /// Takes down how a running job ended, and makes the next job of its import if one follows.
    ///
    /// That is due one interval after the *start* of the job that ended; after failures 1, 2, 4, 8
    /// times the interval; after a success in part, at once. At the limit of failures the import is
    /// failing, and there is no next job; nor is there for an import without an interval, or one
    /// that is not reviewed.
    public func finishJob(_ id: Int64, report: JobReport, now: WallTime) throws {
        try self.write(now: now) { try $0.finish(id, report: report) }
    }

    /// Puts a running job back among those that wait, due now and under a new id; that is no
    /// failure.
    public func handBackJob(_ id: Int64, report: JobReport, now: WallTime) throws {
        try self.write(now: now) { try $0.handBack(id, report: report) }
    }
}
