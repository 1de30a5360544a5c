// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Glibc
internal import Reactor

/// Opens the file of a store: looks whose it is before anything is written, then brings its tables
/// up to date.
struct StoreOpening {
    let path: String
    let settings: SchedulerSettings
    let migrator: DatabaseMigrator
    let busyTimeout: BusyTimeout

    /// Tries again while others open the same new file at the same time.
    ///
    /// Only one of them can make the tables, and changing to the write-ahead log fails at once,
    /// without regard to the busy timeout, while another reads. Each then finds the work of the
    /// other done.
    func open() throws -> DatabaseQueue {
        let deadline = ContinuousClock.now + self.settings.busyTimeout
        while true {
            do {
                return try self.openOnce()
            } catch let error as DatabaseError where Self.mayPass(error) {
                guard !self.busyTimeout.isCancelled, ContinuousClock.now < deadline else {
                    throw error
                }
                usleep(20_000)
            }
        }
    }

    private func openOnce() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "JobStore"
        configuration.journalMode = .wal
        let limit = min(self.settings.busyTimeout, .seconds(3_600))
        configuration.busyMode = .callback { [busyTimeout] tries in
            busyTimeout.waits(tries: tries, limit: limit)
        }
        configuration.prepareDatabase { [self] db in try self.checkOwner(db) }
        let queue = try DatabaseQueue(path: self.path, configuration: configuration)
        try self.migrator.migrate(queue)
        // The write-ahead log is written to the disk at each commit, not only at checkpoints: a job
        // whose end was accepted must not come back after a power failure.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return queue
    }

    /// Called on the open file before the journal mode or a table is changed.
    private func checkOwner(_ db: Database) throws {
        // As of one moment: others may be making the tables just now.
        try db.inTransaction(.deferred) {
            try self.checkMark(db)
            guard try !self.migrator.hasBeenSuperseded(db) else {
                throw JobStoreError(
                    code: .newerSchema,
                    path: self.path,
                    detail: "a newer version of this program has been at it. Use that version, "
                        + "or name another file."
                )
            }
            return .commit
        }
    }

    private func checkMark(_ db: Database) throws {
        let mark = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        guard mark != JobStoreSchema.applicationID else { return }
        // A store that others are making just now may have no more than the migrator's table.
        let isNew = try Bool.fetchOne(
            db,
            sql: """
                SELECT NOT EXISTS (
                    SELECT 1 FROM sqlite_master
                    WHERE name NOT LIKE 'grdb%' AND name NOT LIKE 'sqlite%'
                )
                """
        )
        guard mark == 0, isNew == true else {
            throw JobStoreError(
                code: .notAJobStore,
                path: self.path,
                detail: "it is the database of another program. Name a job store, "
                    + "or a file that does not exist yet."
            )
        }
    }

    private static func mayPass(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: true
        // The tables, or the migrator's row, are there already.
        case .SQLITE_CONSTRAINT: true
        case .SQLITE_ERROR: error.message?.hasSuffix("already exists") ?? false
        default: false
        }
    }
}
