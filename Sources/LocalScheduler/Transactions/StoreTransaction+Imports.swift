// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB

extension StoreTransaction {
    /// Sets whether an import may have jobs.
    ///
    /// An import that may not have jobs loses its pending job, but not a running one. An import
    /// that may have jobs again gets one for its next due time.
    func setReviewStatus(_ status: ReviewStatus, ofImport id: Int64) throws {
        var record = try self.importRecord(id)
        record.reviewStatus = status
        try record.update(self.db)
        let job = try self.job(ofImport: id)
        if status != .reviewed {
            guard let job, job.state == .pending else { return }
            try job.delete(self.db)
            try self.record(.cancel, of: job)
        } else if job == nil, let interval = record.interval {
            let due = try self.lastStart(ofImport: id).map {
                self.past($0) + .microseconds(interval)
            }
            _ = try self.makeJob(ofImport: id, due: max(self.now, due ?? self.now))
        }
    }

    /// Deletes an import and everything that belongs to it.
    func deleteImport(_ id: Int64) throws {
        // The foreign keys delete the rows that refer to it (ON DELETE CASCADE).
        try self.importRecord(id).delete(self.db)
    }

    private func lastStart(ofImport id: Int64) throws -> WallTime? {
        let microseconds = try Int64.fetchOne(
            self.db,
            sql: "SELECT max(date_started) FROM results WHERE import_id = ?",
            arguments: [id]
        )
        return microseconds.map { WallTime(microseconds: $0) }
    }
}

#endif
