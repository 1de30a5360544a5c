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
            failureLimit: self.settings.failureLimit,
            temporaryFailures: try self.temporaryFailures(ofImport: job.importID) + 1,
            retryAfter: report.retryAfter
        )
        let successor = try self.end(job, of: record, result: result, rules: rules)
        try self.record(.finish, of: job, successor: successor?.id)
    }

    /// Returns the number of temporary failures since the last other result of an import.
    private func temporaryFailures(ofImport id: Int64) throws -> Int {
        let status = CodeImportResultStatus.failureTemporary.rawValue
        return try Int.fetchOne(
            self.db,
            sql: """
                SELECT count(*) FROM results WHERE import_id = ? AND job_id > coalesce(
                    (SELECT max(job_id) FROM results WHERE import_id = ? AND status != ?), 0)
                """,
            arguments: [id, id, status]
        ) ?? 0
    }

    /// Replaces a running job with a pending one that has a new id, so that the old monitor can no
    /// longer change the job.
    ///
    /// The job is due at once after a signal to its monitor, and after a wait if this machine is
    /// at fault.
    func handBack(_ id: Int64, report: JobReport) throws {
        let job = try self.runningJob(id)
        var due = self.now
        if report.fault == .machine, report.cause != .interrupted {
            due =
                due
                + OutcomeRules.waitAfterMachineFault(
                    handBacks: try self.machineFaults(ofImport: job.importID) + 1,
                    retryAfter: report.retryAfter
                )
        }
        try job.delete(self.db)
        var successor: JobRecord?
        if try self.importRecord(job.importID).reviewStatus == .reviewed {
            successor = try self.makeJob(
                ofImport: job.importID,
                due: due,
                requestedByUser: job.requestedByUser
            )
        }
        try self.record(.handBack, of: job, successor: successor?.id, report: report)
    }

    /// Returns how often in a row the jobs of an import were handed back because of a fault of
    /// a machine.
    private func machineFaults(ofImport id: Int64) throws -> Int {
        let ends: [JobEventKind] = [.handBack, .finish, .reclaim, .cancel]
        let kinds = ends.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        // The wait stops growing long before this number.
        let events = try EventRecord.fetchAll(
            self.db,
            sql: """
                SELECT * FROM events WHERE import_id = ? AND kind IN (\(kinds))
                ORDER BY id DESC LIMIT 16
                """,
            arguments: [id]
        )
        return events.prefix { $0.kind == .handBack && $0.report?.fault == .machine }.count
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
        let running = try JobRecord.fetchAll(
            self.db,
            sql: "SELECT * FROM jobs WHERE state = 'RUNNING' ORDER BY id"
        )
        let stale = running.filter(self.isStale)
        for job in stale { try self.reclaim(job) }
        return stale.compactMap(\.id)
    }

    /// Returns whether the lease of a running job has expired.
    func isStale(_ job: JobRecord) -> Bool {
        self.leases.isExpired(job, at: self.now, reclaimAge: self.settings.reclaimAge)
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
        case .afterStart(let microseconds, let wait):
            max(self.now + wait, self.past(job.dateStarted) + .microseconds(microseconds))
        }
    }
}

#endif
