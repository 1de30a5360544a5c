// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import WorkerMonitor

/// What can be done within one transaction of a store.
///
/// Extensions, one a concern, hold the rules of the scheduler. Whoever throws undoes all of it.
struct StoreTransaction {
    let db: Database
    let path: String
    let settings: SchedulerSettings
    let now: WallTime

    /// The import of that id.
    func importRecord(_ id: Int64) throws -> ImportRecord {
        guard let record = try ImportRecord.fetchOne(self.db, key: id) else {
            throw self.error(
                .noSuchImport,
                "there is no import \(id). The list of jobs names those that there are."
            )
        }
        return record
    }

    /// The job of that id, whatever its state.
    func job(_ id: Int64) throws -> JobRecord {
        guard let job = try JobRecord.fetchOne(self.db, key: id) else {
            throw NoSuchCodeImportJob(jobID: id)
        }
        return job
    }

    /// The job of that id, which a monitor must have: ids are never reused, so nobody can have one
    /// that waits.
    func runningJob(_ id: Int64) throws -> JobRecord {
        let job = try self.job(id)
        guard job.state == .running else { throw NoSuchCodeImportJob(jobID: id) }
        return job
    }

    /// The job of an import, if it has one.
    func job(ofImport id: Int64) throws -> JobRecord? {
        try JobRecord.fetchOne(
            self.db,
            sql: "SELECT * FROM jobs WHERE import_id = ?",
            arguments: [id]
        )
    }

    /// Makes a job that waits.
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

    /// Writes down what happened to a job.
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

    /// The id of a row that comes from the store.
    func id(of job: JobRecord) throws -> Int64 {
        guard let id = job.id else {
            throw self.error(
                .damaged,
                "a job has no id. Put the file aside and start with a new one."
            )
        }
        return id
    }

    func error(_ code: JobStoreError.Code, _ detail: String) -> JobStoreError {
        JobStoreError(code: code, path: self.path, detail: detail)
    }
}
