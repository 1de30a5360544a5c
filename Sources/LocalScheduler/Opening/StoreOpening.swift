// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
internal import Glibc
internal import Reactor

/// Opens the file of a store, and creates or migrates its tables.
///
/// Nothing is written before the file has proved to be a store, or empty.
struct StoreOpening {
    let path: String
    let settings: SchedulerSettings
    let migrator: DatabaseMigrator
    let busyTimeout: BusyTimeout

    /// Opens the file, and retries while other programs open the same new file at the same time.
    ///
    /// Only one program can create the tables. In addition, SQLite's change to the write-ahead log
    /// fails at once while another program reads, regardless of the busy timeout. On the retry, the
    /// program finds that the other one has already done the work.
    func open() throws -> DatabaseQueue {
        let deadline = ContinuousClock.now + self.settings.busyTimeout
        while true {
            do {
                return try self.openOnce()
            } catch let error as DatabaseError where Self.isTransient(error) {
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
        // FULL flushes the write-ahead log at each commit, not only at checkpoints. Without it, a
        // job whose result the store has accepted could be pending again after a power failure.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return queue
    }

    /// Checks that the file is a store of this version or an older one, before the journal mode or
    /// a table changes.
    private func checkOwner(_ db: Database) throws {
        // One transaction, because another program may be creating the tables at the same time.
        try db.inTransaction(.deferred) {
            try self.checkMark(db)
            guard try !self.migrator.hasBeenSuperseded(db) else {
                throw JobStoreError(
                    code: .newerSchema,
                    path: self.path,
                    detail: "a newer version of this program has changed its tables. Use that "
                        + "version, or name another file."
                )
            }
            return .commit
        }
    }

    private func checkMark(_ db: Database) throws {
        let mark = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        guard mark != JobStoreSchema.applicationID else { return }
        // A store that another program is creating may have only the tables of the migrator so far.
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

    private static func isTransient(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: true
        // Another program has created or migrated the tables at the same time, or has inserted the
        // row in which `DatabaseMigrator` records the migration.
        case .SQLITE_CONSTRAINT: true
        case .SQLITE_ERROR:
            error.message?.hasSuffix("already exists") ?? false
                || error.message?.hasPrefix("duplicate column name") ?? false
        default: false
        }
    }
}

/// The identity of a file, independent of its path: its device and its inode number.
///
/// SQLite continues to write to a file that was removed, and reports success although no program
/// will ever read the data.
struct FileIdentity: Sendable, Equatable {
    private let device: dev_t
    private let number: ino_t

    /// Creates the identity of the file at a path, or `nil` if stat(2) fails.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.device = status.st_dev
        self.number = status.st_ino
    }

    /// Returns whether the path certainly leads to another file, or to none.
    ///
    /// An error that does not prove this, such as a folder that may no longer be entered,
    /// gives `false`.
    func hasLeft(_ path: String) -> Bool {
        guard let current = FileIdentity(path) else { return errno == ENOENT || errno == ENOTDIR }
        return current != self
    }
}

#endif
