// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension StoreTransaction {
    /// Says whether an import may have jobs: one that may not loses the job that waits, but not one
    /// that runs; one that may again gets a job when it is next due.
    func setReviewStatus(_ status: ReviewStatus, ofImport id: Int64) throws {
        var what = try self.importRecord(id)
        what.reviewStatus = status
        try what.update(self.db)
        let job = try self.job(ofImport: id)
        if status != .reviewed {
            guard let job, job.state == .pending else { return }
            try job.delete(self.db)
            try self.record(.cancel, of: job)
        } else if job == nil, let interval = what.interval {
            let due = try self.lastStart(ofImport: id).map { $0 + .microseconds(interval) }
            _ = try self.makeJob(ofImport: id, due: max(self.now, due ?? self.now))
        }
    }

    /// Removes an import and all that belongs to it.
    func deleteImport(_ id: Int64) throws {
        // The rows that name it go with it.
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
