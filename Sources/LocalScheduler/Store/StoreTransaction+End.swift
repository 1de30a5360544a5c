// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import WorkerMonitor

extension StoreTransaction {
    /// Takes down how a job ended, and makes the next one of its import.
    func finish(_ id: Int64, report: JobReport) throws {
        let job = try self.runningJob(id)
        let result = ResultRecord(of: job, id: id, report: report, at: self.now)
        let what = try self.importRecord(job.importID)
        let aftermath = Aftermath.ofEnd(
            report.status,
            of: what,
            failureLimit: self.settings.failureLimit
        )
        let successor = try self.end(job, of: what, result: result, aftermath: aftermath)
        try self.record(.finish, of: job, successor: successor?.id)
    }

    /// Puts a job back among those that wait, under another id, so that its monitor cannot come
    /// back to it.
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

    /// Ends a job at an operator's word, and suspends its import, so that it does not come back.
    ///
    /// The monitor of one that runs learns of it at its next heartbeat.
    func cancel(_ id: Int64) throws {
        let job = try self.job(id)
        var what = try self.importRecord(job.importID)
        what.reviewStatus = what.reviewStatus == .reviewed ? .suspended : what.reviewStatus
        try what.update(self.db)
        if job.state == .running {
            let result = ResultRecord(of: job, id: id, status: .killed, at: self.now)
            try result.insert(self.db)
        }
        try job.delete(self.db)
        try self.record(.cancel, of: job)
    }

    /// Takes every job from its monitor whose heartbeat is too old.
    ///
    /// - Returns: the jobs that were taken.
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

    /// Whether the job's monitor must be taken for dead.
    func isStale(_ job: JobRecord) -> Bool {
        guard job.state == .running, let heartbeat = job.heartbeat else { return false }
        return heartbeat < self.now - self.settings.reclaimAge
    }

    /// Takes a job from a monitor that is dead.
    ///
    /// - Returns: the job that goes on in its place; nil if its import may have none.
    @discardableResult
    func reclaim(_ job: JobRecord) throws -> JobRecord? {
        let what = try self.importRecord(job.importID)
        let id = try self.id(of: job)
        let result = ResultRecord(of: job, id: id, status: .reclaimed, at: self.now)
        let aftermath = Aftermath.ofReclaim(of: what, failureLimit: self.settings.failureLimit)
        let successor = try self.end(job, of: what, result: result, aftermath: aftermath)
        try self.record(.reclaim, of: job, successor: successor?.id)
        return successor
    }

    /// Replaces a job by its result, and its import's next job if one follows.
    private func end(
        _ job: JobRecord,
        of import: ImportRecord,
        result: ResultRecord,
        aftermath: Aftermath
    ) throws -> JobRecord? {
        try result.insert(self.db)
        try job.delete(self.db)
        var what = `import`
        what.consecutiveFailures = aftermath.consecutiveFailures
        what.reviewStatus = aftermath.reviewStatus
        if result.status == .success || result.status == .successNoChange {
            what.dateLastSuccessful = self.now
        }
        try what.update(self.db)
        guard let due = self.due(aftermath.successor, after: job) else { return nil }
        return try self.makeJob(ofImport: job.importID, due: due)
    }

    private func due(_ successor: Aftermath.Successor, after job: JobRecord) -> WallTime? {
        switch successor {
        case .none: nil
        case .now: self.now
        case .afterStart(let microseconds):
            max(self.now, (job.dateStarted ?? self.now) + .microseconds(microseconds))
        }
    }
}
