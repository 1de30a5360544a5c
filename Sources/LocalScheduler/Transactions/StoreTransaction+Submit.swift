// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
internal import ProgramSupport

extension StoreTransaction {
    /// Creates a due job for an order, or makes the pending job of its import due now.
    ///
    /// - Returns: The due job.
    func submit(_ order: ImportOrder) throws -> JobRecord {
        let known = try self.knownImport(order)
        try self.reclaimStaleJob(of: known)
        // An order makes its import reviewed again. This update must come after the reclaim above,
        // which may have marked the import as failing.
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

    /// Reclaims the running job of an import if its lease has expired, and otherwise throws.
    private func reclaimStaleJob(of known: ImportRecord?) throws {
        guard let id = known?.id, let job = try self.job(ofImport: id), job.state == .running else {
            return
        }
        guard self.isStale(job) else { throw try self.alreadyRunning(job) }
        try self.reclaim(job)
    }

    /// Returns the error for a job that a monitor with a valid lease runs.
    func alreadyRunning(_ job: JobRecord) throws -> JobStoreError {
        let record = try self.importRecord(job.importID)
        let since = job.dateStarted.map { " since \($0)" } ?? ""
        let monitor = job.monitor.map { " Its monitor is process \($0.pid)." } ?? ""
        return self.error(
            .alreadyRunning,
            "job \(try self.id(of: job)) already runs \(record.title) on \(job.machine ?? "?")\(since)."
                + "\(monitor) Wait until it has finished, or cancel it."
        )
    }

    /// Updates the import of an order, or creates it, and returns its id.
    private func importID(for order: ImportOrder, known: Int64?) throws -> Int64 {
        guard let known else {
            var new = ImportRecord(order, created: self.now)
            try new.insert(self.db)
            return self.db.lastInsertedRowID
        }
        var record = try self.importRecord(known)
        guard record.reviewStatus != .invalid else {
            throw self.error(
                .invalidImport,
                "\(record.title) is marked as invalid. Mark it as reviewed before you order it."
            )
        }
        record.url = order.url
        record.arguments = order.arguments
        record.interval = order.intervalMicroseconds
        record.reviewStatus = .reviewed
        try record.update(self.db)
        return known
    }

    /// Returns the existing import that an order names, or `nil` if the order needs a new one.
    ///
    /// Two URLs name the same import if they differ only in their login or their spelling. An older
    /// version of this program kept one import for each spelling. Of several, an import with
    /// exactly this URL is the right one, or else the newest.
    private func knownImport(_ order: ImportOrder) throws -> ImportRecord? {
        guard order.kind == .git, let url = order.url else { return nil }
        let identity = RepositoryIdentity.of(url)
        let rows = try Row.fetchAll(
            self.db,
            sql: """
                SELECT id, url FROM imports
                WHERE kind = 'git' AND coalesce(destination, '') = ? ORDER BY id DESC
                """,
            arguments: [order.destination ?? ""]
        )
        var match: Int64?
        for row in rows {
            guard let id: Int64 = row["id"], let other: String = row["url"] else { continue }
            if other.utf8.elementsEqual(url.utf8) { return try self.importRecord(id) }
            if match == nil, RepositoryIdentity.of(other).utf8.elementsEqual(identity.utf8) {
                match = id
            }
        }
        return try match.map(self.importRecord)
    }
}

#endif
