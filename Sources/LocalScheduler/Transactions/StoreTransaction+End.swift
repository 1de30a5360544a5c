// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
internal import WorkerMonitor

extension StoreTransaction {
    /// Stores the result of a job, and creates the next job of its import.
    func finish(_ id: Int64, report: JobReport) throws {
        let job = try self.runningJob(id)
        let result = ResultRecord(of: job, id: id, report: report, at: self.now)
        let record = try self.importRecord(job.importID)
        let rules = OutcomeRules.afterResult(
            report.status,
            of: record,
            failureLimit: self.settings.failureLimit
        )
        let successor = try self.end(job, of: record, result: result, rules: rules)
        try self.record(.finish, of: job, successor: successor?.id)
    }

    /// Replaces a running job with a pending one that has a new id, so that the old monitor can no
    /// longer change the job.
    func handBack(_ id: Int64, report: JobReport) throws {
        let job = try self.runningJob(id)
        try job.delete(self.db)
        var successor: JobRecord?
        if try self.importRecord(job.importID).reviewStatus == .reviewed {
            successor = try self.makeJob(
                ofImport: job.importID,
                due: self.now,
                requestedByUser: job.requestedByUser
            )
        }
        try self.record(.handBack, of: job, successor: successor?.id, report: report)
    }

    /// Ends a job for an operator, and suspends its import, so that no other job follows.
    ///
    /// The next heartbeat of a running job fails, and its monitor then stops the worker.
    func cancel(_ id: Int64) throws {
        let job = try self.job(id)
        var record = try self.importRecord(job.importID)
        if record.reviewStatus == .reviewed { record.reviewStatus = .suspended }
        try record.update(self.db)
        if job.state == .running {
            let result = ResultRecord(of: job, id: id, status: .killed, at: self.now)
            try result.insert(self.db)
        }
        try job.delete(self.db)
        try self.record(.cancel, of: job)
    }

    /// Reclaims every job whose lease has expired.
    ///
    /// - Returns: The ids of the reclaimed jobs.
    @discardableResult
    func reclaimStaleJobs() throws -> [Int64] {
        let stale = try JobRecord.fetchAll(
            self.db,
            sql: "SELECT * FROM jobs WHERE state = 'RUNNING' AND heartbeat < ? ORDER BY id",
            arguments: [(self.now - self.settings.reclaimAge).microseconds]
        )
        for job in stale { try self.reclaim(job) }
        return stale.compactMap(\.id)
    }

    /// Returns whether the lease of a running job has expired.
    func isStale(_ job: JobRecord) -> Bool {
        guard job.state == .running, let heartbeat = job.heartbeat else { return false }
        return heartbeat < self.now - self.settings.reclaimAge
    }

    /// Ends a job whose lease has expired, and creates the next job of its import.
    ///
    /// - Returns: The new job, or `nil` if the import may have no further jobs.
    @discardableResult
    func reclaim(_ job: JobRecord) throws -> JobRecord? {
        let record = try self.importRecord(job.importID)
        let id = try self.id(of: job)
        let result = ResultRecord(of: job, id: id, status: .reclaimed, at: self.now)
        let rules = OutcomeRules.afterReclaim(
            of: record,
            failureLimit: self.settings.failureLimit
        )
        let successor = try self.end(job, of: record, result: result, rules: rules)
        try self.record(.reclaim, of: job, successor: successor?.id)
        return successor
    }

    /// Replaces a job with its result, and creates the next job of its import if one follows.
    private func end(
        _ job: JobRecord,
        of import: ImportRecord,
        result: ResultRecord,
        rules: OutcomeRules
    ) throws -> JobRecord? {
        try result.insert(self.db)
        try job.delete(self.db)
        var record = `import`
        record.consecutiveFailures = rules.consecutiveFailures
        record.reviewStatus = rules.reviewStatus
        if result.status == .success || result.status == .successNoChange {
            record.dateLastSuccessful = self.now
        }
        try record.update(self.db)
        guard let due = self.due(rules.successor, after: job) else { return nil }
        return try self.makeJob(ofImport: job.importID, due: due)
    }

    private func due(_ successor: OutcomeRules.Successor, after job: JobRecord) -> WallTime? {
        switch successor {
        case .none: nil
        case .now: self.now
        case .afterStart(let microseconds):
            max(self.now, (job.dateStarted ?? self.now) + .microseconds(microseconds))
        }
    }
}

#endif
