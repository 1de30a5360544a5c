// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
internal import ProgramSupport
internal import WorkerMonitor

/// A store in a local SQLite file: imports, their jobs and results, and the machines that run
/// the jobs.
///
/// Several `JobStore` objects, in several threads and programs, may have the same file open. Each
/// operation is one transaction: it happens completely or not at all, even if the program is
/// killed, and its effect is on the disk when it returns. A second writer waits, at most for the
/// busy timeout. Do not put the file on a network file system, where SQLite's write-ahead log does
/// not work.
///
/// Every operation blocks; on a reactor use ``SQLiteScheduler``. The caller passes the current
/// time, and the store compares it with the times that other programs have passed. A job whose
/// claim named its ``MonitorProcess`` is not reclaimed while that process lives on this machine,
/// however the clock is set. For any other job, a jump of the clock by more than the reclaim age
/// counts as an expired lease, and the monitor stops its worker at the next heartbeat.
///
/// If the file is removed, moved or replaced, every operation throws
/// ``JobStoreError/Code/removed`` until the file is back. The store does not notice a file that is
/// overwritten in place.
///
/// Every operation throws ``JobStoreError`` for a problem with the store or the order. An operation
/// on a job throws `NoSuchCodeImportJob` if the job does not exist, or if its state does not allow
/// the operation.
public final class JobStore: Sendable {
    /// The absolute path of the file.
    public let path: String

    /// The limits and intervals of the store.
    public let settings: SchedulerSettings

    /// Sentences about permissions that were changed when the store was opened.
    package let notices: [String]

    private let leases: LeaseRules
    private let queue: DatabaseQueue
    private let file: FileIdentity?

    /// Opens the store in a file, which is created if it does not exist.
    ///
    /// Its folder must exist.
    ///
    /// Only this user may read and write a new file, whatever the umask is. If all users can access
    /// an existing file of this user, that access is taken away. SQLite creates `PATH-wal` and
    /// `PATH-shm` next to the file. They belong to the store: a copy of the file alone may lack the
    /// newest jobs.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - settings: The limits and intervals of the store.
    ///   - busyTimeout: An object that can end the store's waits for other programs early.
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

    /// Opens the store of this user: `worker-monitor/jobs.sqlite` in `$XDG_STATE_HOME`, or
    /// in `$HOME/.local/state`.
    ///
    /// The store and its folder are created if they do not exist. Other users have no access to
    /// the folder.
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
        migrator: DatabaseMigrator = JobStoreSchema.migrator,
        busyTimeout: BusyTimeout = BusyTimeout(),
        leases: LeaseRules = .system
    ) throws(JobStoreError) {
        self.path = absolutePath(path)
        self.settings = settings
        self.leases = leases
        try StoreLocation.check(self.path)
        StoreLocation.createClosed(self.path)
        do {
            let opening = StoreOpening(
                path: self.path,
                settings: settings,
                migrator: migrator,
                busyTimeout: busyTimeout
            )
            self.queue = try opening.open()
            self.file = FileIdentity(self.path)
            // Not before the file has proved to be a store: a file of another program stays as
            // it is.
            self.notices = StoreLocation.closeToOthers(self.path)
        } catch {
            throw JobStoreError.from(error, path: self.path)
        }
    }

    /// Waits for running operations and closes the file.
    ///
    /// Later operations fail.
    public func close() {
        // Closing fails only while a statement is in use, and no statement outlives its operation.
        try? self.queue.close()
    }

    /// Runs `body` in one transaction, which is rolled back if `body` throws.
    ///
    /// The transaction takes the write lock at once. A transaction that starts with a read fails
    /// without waiting if another program writes before its own first write (SQLITE_BUSY_SNAPSHOT).
    func write<Value>(
        now: WallTime,
        _ body: (StoreTransaction) throws -> Value
    ) throws -> Value {
        try self.explainingErrors {
            // `write` of GRDB begins a transaction with BEGIN IMMEDIATE.
            try self.queue.write { db in try body(self.transaction(db, now: now)) }
        }
    }

    /// Runs `body` on a snapshot that does not change while other programs write.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try self.explainingErrors { try self.queue.read(body) }
    }

    private func transaction(_ db: Database, now: WallTime) -> StoreTransaction {
        StoreTransaction(
            db: db,
            path: self.path,
            settings: self.settings,
            now: now,
            leases: self.leases
        )
    }

    /// Runs an operation, and converts its errors to ``JobStoreError``.
    ///
    /// The file is checked again after the operation, because data written to a file that has been
    /// removed is lost.
    private func explainingErrors<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            try self.checkFile()
            let value = try body()
            try self.checkFile()
            return value
        } catch let error as NoSuchCodeImportJob {
            throw error
        } catch {
            throw JobStoreError.from(error, path: self.path)
        }
    }

    private func checkFile() throws(JobStoreError) {
        guard let file = self.file, file.hasLeft(self.path) else { return }
        throw JobStoreError(
            code: .removed,
            path: self.path,
            detail: JobStoreError.removedDetail
        )
    }
}

#else

/// The store of jobs, which needs the package trait `LocalScheduler`.
@available(*, unavailable, message: "Enable the package trait LocalScheduler of swift-reactor.")
public final class JobStore {}

#endif
