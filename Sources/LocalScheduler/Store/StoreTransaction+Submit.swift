// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension StoreTransaction {
    /// Makes sure that what was ordered has a job that is due.
    ///
    /// An import that has a job that waits keeps it, and the job moves forward to now.
    func submit(_ order: ImportOrder) throws -> JobRecord {
        let known = try self.knownImport(order)
        try self.makeWay(for: known)
        // After that: it may have given the import up, and an order is worth one more try.
        let importID = try self.importID(for: order, known: known?.id)
        guard var job = try self.job(ofImport: importID) else {
            return try self.makeJob(
                ofImport: importID,
                due: self.now,
                requestedByUser: order.requestedByUser
            )
        }
        job.dateDue = min(job.dateDue, self.now)
        job.requestedByUser = job.requestedByUser || order.requestedByUser
        try job.update(self.db)
        return job
    }

    /// Takes the import's job from a dead monitor; refuses the order if the monitor is alive.
    private func makeWay(for known: ImportRecord?) throws {
        guard let id = known?.id, let job = try self.job(ofImport: id), job.state == .running else {
            return
        }
        guard self.isStale(job) else { throw try self.alreadyRunning(job) }
        try self.reclaim(job)
    }

    /// The error for a job that a monitor has which is alive.
    func alreadyRunning(_ job: JobRecord) throws -> JobStoreError {
        let what = try self.importRecord(job.importID)
        let since = job.dateStarted.map { " since \($0)" } ?? ""
        return self.error(
            .alreadyRunning,
            "\(what.title) is being run by job \(try self.id(of: job)) on \(job.machine ?? "?")\(since). "
                + "Wait for its end, or cancel it."
        )
    }

    /// The row for what was ordered, brought up to date, or made.
    private func importID(for order: ImportOrder, known: Int64?) throws -> Int64 {
        guard let known else {
            var new = ImportRecord(order, created: self.now)
            try new.insert(self.db)
            return self.db.lastInsertedRowID
        }
        var what = try self.importRecord(known)
        guard what.reviewStatus != .invalid else {
            throw self.error(
                .invalidImport,
                "\(what.title) was marked as invalid. Mark it as reviewed to have it imported."
            )
        }
        what.arguments = order.arguments
        what.interval = order.intervalMicroseconds
        what.reviewStatus = .reviewed
        try what.update(self.db)
        return known
    }

    /// The import that an order is about, if it is not a new one.
    private func knownImport(_ order: ImportOrder) throws -> ImportRecord? {
        guard order.kind == .git else { return nil }
        return try ImportRecord.fetchOne(
            self.db,
            sql: """
                SELECT * FROM imports
                WHERE kind = 'git' AND url = ? AND coalesce(destination, '') = ?
                """,
            arguments: [order.url, order.destination ?? ""]
        )
    }
}
