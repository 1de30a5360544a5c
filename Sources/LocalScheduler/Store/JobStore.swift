// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import ProgramSupport
internal import WorkerMonitor

/// Jobs in a SQLite file, for one host: imports, their jobs, how those ended, and the machines that
/// run them.
///
/// Several stores, in several threads and programs, may have the same file open. Each operation is
/// one transaction: it happens whole or not at all, also if the program is killed meanwhile, and is
/// on the disk when it returns. A second program that writes waits, for the busy timeout at most.
/// Not for network file systems, where SQLite's write-ahead log does not work.
///
/// Every operation blocks; on a reactor use ``SQLiteScheduler``. Times are handed in, and are
/// compared with those that other programs handed in: should the clock be set forward by more than
/// the reclaim age, jobs that are alive are reclaimed, and their monitors told at their next
/// heartbeat.
///
/// A file that is removed, moved or replaced meanwhile is noticed: every operation from then on
/// throws ``JobStoreError/Code/removed``, until it is back. One that is written over in place is
/// not.
///
/// Every operation throws ``JobStoreError`` for what is wrong with the store or the order, and
/// those that are about a job throw `NoSuchCodeImportJob` if it is not there, or not in a state for
/// it.
public final class JobStore: Sendable {
    /// The file, from the root on.
    public let path: String

    /// The numbers that the store goes by.
    public let settings: SchedulerSettings

    private let queue: DatabaseQueue
    private let file: FileIdentity?

    /// Opens the store in a file, or creates the file if it does not exist.
    ///
    /// The umask decides the permissions of a new file. SQLite keeps two more files beside it,
    /// `PATH-wal` and `PATH-shm`. They belong to the store: a copy of the file alone may lack the
    /// newest jobs.
    ///
    /// - Parameters:
    ///   - path: The path of the file. Its folder must exist.
    ///   - settings: The settings, which all programs that share the file should have in common.
    ///   - busyTimeout: Lets another thread end the waits for a locked store early. The settings have
    ///     the duration.
    public convenience init(
        path: String,
        settings: SchedulerSettings = SchedulerSettings(),
        busyTimeout: BusyTimeout = BusyTimeout()
    ) throws(JobStoreError) {
        try self.init(
            path: path,
            settings: settings,
            migrator: JobStoreSchema.migrator,
            busyTimeout: busyTimeout
        )
    }

    /// Opens the store of this user, and makes it and its folder, closed to others, if there is
    /// none: `worker-monitor/jobs.sqlite` in `$XDG_STATE_HOME`, or in `$HOME/.local/state`.
    public convenience init(
        environment: [String: String],
        settings: SchedulerSettings = SchedulerSettings(),
        busyTimeout: BusyTimeout = BusyTimeout()
    ) throws(JobStoreError) {
        let folder = try StoreLocation.defaultFolder(environment: environment)
        let path = folder + "/jobs.sqlite"
        try StoreLocation.makeFolder(folder, for: path)
        try self.init(path: path, settings: settings, busyTimeout: busyTimeout)
    }

    init(
        path: String,
        settings: SchedulerSettings,
        migrator: DatabaseMigrator,
        busyTimeout: BusyTimeout = BusyTimeout()
    ) throws(JobStoreError) {
        self.path = absolutePath(path)
        self.settings = settings
        try StoreLocation.check(self.path)
        do {
            let opening = StoreOpening(
                path: self.path,
                settings: settings,
                migrator: migrator,
                busyTimeout: busyTimeout
            )
            self.queue = try opening.open()
            self.file = FileIdentity(self.path)
        } catch {
            throw JobStoreError.from(error, path: self.path)
        }
    }

    /// Closes the file; operations that run are waited for, later ones fail.
    public func close() {
        // Fails only while a statement is in use, and none outlives its operation.
        try? self.queue.close()
    }

    /// Does all of `body`, or nothing of it.
    ///
    /// The transaction takes the lock for writing at once: one that began by reading could find,
    /// when it comes to write, that what it read is no longer so, and would fail without waiting.
    func write<Value>(
        now: WallTime,
        _ body: (StoreTransaction) throws -> Value
    ) throws -> Value {
        try self.explainingErrors {
            // GRDB begins a transaction for writing as IMMEDIATE.
            try self.queue.write { db in try body(self.transaction(db, now: now)) }
        }
    }

    /// Reads as of one moment, whatever others write meanwhile.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try self.explainingErrors { try self.queue.read(body) }
    }

    private func transaction(_ db: Database, now: WallTime) -> StoreTransaction {
        StoreTransaction(db: db, path: self.path, settings: self.settings, now: now)
    }

    /// Looks at the file after the operation too: only then is what was written where others find
    /// it.
    private func explainingErrors<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            try self.checkPlace()
            let value = try body()
            try self.checkPlace()
            return value
        } catch let error as NoSuchCodeImportJob {
            throw error
        } catch {
            throw JobStoreError.from(error, path: self.path)
        }
    }

    private func checkPlace() throws(JobStoreError) {
        guard let file = self.file, file.hasLeft(self.path) else { return }
        throw JobStoreError(
            code: .removed,
            path: self.path,
            detail: JobStoreError.removedDetail
        )
    }
}
