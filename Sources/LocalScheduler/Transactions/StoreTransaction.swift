// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
internal import WorkerMonitor

/// The rules of the scheduler, within one transaction of a store.
///
/// Each extension holds the rules of one concern. An error rolls back the whole transaction.
struct StoreTransaction {
    let db: Database
    let path: String
    let settings: SchedulerSettings
    let now: WallTime
    let leases: LeaseRules

    /// Returns an import.
    func importRecord(_ id: Int64) throws -> ImportRecord {
        guard let record = try ImportRecord.fetchOne(self.db, key: id) else {
            throw self.error(
                .noSuchImport,
                "there is no import \(id). The list of imports shows the valid ids."
            )
        }
        return record
    }

    /// Returns a pending or running job.
    func job(_ id: Int64) throws -> JobRecord {
        guard let job = try JobRecord.fetchOne(self.db, key: id) else {
            throw NoSuchCodeImportJob(jobID: id)
        }
        return job
    }

    /// Returns a running job.
    ///
    /// A pending job counts as unknown: a monitor knows only the ids of jobs that it has claimed,
    /// and a job that is handed back gets a new id.
    func runningJob(_ id: Int64) throws -> JobRecord {
        let job = try self.job(id)
        guard job.state == .running else { throw NoSuchCodeImportJob(jobID: id) }
        return job
    }

    /// Returns the job of an import, or `nil` if it has none.
    func job(ofImport id: Int64) throws -> JobRecord? {
        try JobRecord.fetchOne(
            self.db,
            sql: "SELECT * FROM jobs WHERE import_id = ?",
            arguments: [id]
        )
    }

    /// Creates a pending job.
    func makeJob(
        ofImport importID: Int64,
        due: WallTime,
        requestedByUser: Bool = false
    ) throws -> JobRecord {
        var job = JobRecord(importID: importID, due: due, requestedByUser: requestedByUser)
        try job.insert(self.db)
        try self.record(.create, of: job)
        return job
    }

    /// Records an event of a job.
    func record(
        _ kind: JobEventKind,
        of job: JobRecord,
        successor: Int64? = nil,
        report: JobReport? = nil
    ) throws {
        let event = EventRecord(
            kind: kind,
            jobID: try self.id(of: job),
            importID: job.importID,
            date: self.now,
            machine: job.machine,
            successorID: successor,
            report: report
        )
        try event.insert(self.db)
    }

    /// Returns a time in the past, or now if it is unknown or in the future.
    ///
    /// If the clock was ahead when a job started, and has been put right since, its next job must
    /// not wait until the clock has reached that time again.
    func past(_ time: WallTime?) -> WallTime { min(time ?? self.now, self.now) }

    /// Returns the id of a row that was read from the store.
    func id(of job: JobRecord) throws -> Int64 {
        guard let id = job.id else {
            throw self.error(
                .damaged,
                "a job has no id. Move the file away and start with a new one."
            )
        }
        return id
    }

    func error(_ code: JobStoreError.Code, _ detail: String) -> JobStoreError {
        JobStoreError(code: code, path: self.path, detail: detail)
    }
}

#endif
