// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB

/// The content of the store, for people and programs. Reading neither waits for a writer nor
/// delays one.
extension JobStore {
    /// Returns the pending and running jobs, and the latest results.
    ///
    /// - Parameter recent: The number of results.
    public func jobs(recent: Int = 20) throws -> JobList {
        try self.read { db in
            let waiting = "WHERE state = 'PENDING' ORDER BY requested_by_user DESC, date_due, id"
            let running = "WHERE state = 'RUNNING' ORDER BY date_started, id"
            let results = try ResultRecord.fetchAll(
                db,
                sql: "SELECT * FROM results ORDER BY date_finished DESC, job_id DESC LIMIT ?",
                arguments: [max(0, recent)]
            )
            return JobList(
                pending: try self.jobs(db, waiting),
                running: try self.jobs(db, running),
                recent: try results.map { try self.summary(of: $0, db) }
            )
        }
    }

    /// Returns the state of one attempt, or `nil` if the store has no record of it.
    public func lookUpJob(_ id: Int64) throws -> JobLookup? {
        try self.read { db in
            if let job = try JobRecord.fetchOne(db, key: id) {
                return .job(try self.summary(of: job, id: id, db))
            }
            if let result = try ResultRecord.fetchOne(db, key: id) {
                return .result(try self.summary(of: result, db))
            }
            return try self.events(db, ofJob: id).last.map { .gone($0) }
        }
    }

    /// Returns the events of one attempt, oldest first.
    public func events(ofJob id: Int64) throws -> [JobEvent] {
        try self.read { try self.events($0, ofJob: id) }
    }

    /// Returns all imports, in the order in which they were first ordered.
    public func imports() throws -> [ImportSummary] {
        try self.read { db in
            let imports = try ImportRecord.fetchAll(db, sql: "SELECT * FROM imports ORDER BY id")
            return imports.compactMap { record in record.id.map { ImportSummary(record, id: $0) } }
        }
    }

    /// Returns the machines that have asked for jobs, in the order of their names.
    public func machines() throws -> [(hostname: String, state: MachineState)] {
        try self.read { db in
            try MachineRecord.fetchAll(db, sql: "SELECT * FROM machines ORDER BY hostname")
                .map { ($0.hostname, $0.state) }
        }
    }

    private func jobs(_ db: Database, _ condition: String) throws -> [JobSummary] {
        try JobRecord.fetchAll(db, sql: "SELECT * FROM jobs \(condition)").compactMap { job in
            try job.id.map { try self.summary(of: job, id: $0, db) }
        }
    }

    private func events(_ db: Database, ofJob id: Int64) throws -> [JobEvent] {
        try EventRecord.fetchAll(
            db,
            sql: "SELECT * FROM events WHERE job_id = ? ORDER BY id",
            arguments: [id]
        ).map { JobEvent($0) }
    }

    private func summary(of job: JobRecord, id: Int64, _ db: Database) throws -> JobSummary {
        JobSummary(job, id: id, importSummary: try self.summary(ofImport: job.importID, db))
    }

    private func summary(of result: ResultRecord, _ db: Database) throws -> ResultSummary {
        ResultSummary(result, importSummary: try self.summary(ofImport: result.importID, db))
    }

    private func summary(ofImport id: Int64, _ db: Database) throws -> ImportSummary {
        // The import exists: deleting it deletes every row that refers to it.
        ImportSummary(try ImportRecord.find(db, key: id), id: id)
    }
}

#endif
