// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB
public import WorkerMonitor

/// An error of a store.
///
/// The description is a full sentence that names the store, the problem, and a remedy.
public struct JobStoreError: LastingSchedulerFailure, Sendable, Hashable, CustomStringConvertible {
    /// The kind of an error.
    ///
    /// Later versions may add kinds.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind, for logs.
        public let description: String

        /// The file cannot be opened, or created, at this path.
        public static let cannotOpen = Code(description: "cannot open")
        /// The file is not a store.
        ///
        /// The file was not changed.
        public static let notAJobStore = Code(description: "not a job store")
        /// A newer version of the program has changed the tables.
        ///
        /// The file was not changed.
        public static let newerSchema = Code(description: "newer schema")
        /// The store cannot be written to.
        public static let readOnly = Code(description: "read-only")
        /// The disk is full.
        ///
        /// Nothing of the operation was written.
        public static let diskFull = Code(description: "disk full")
        /// The file was removed, moved or replaced after the store was opened.
        ///
        /// Every further operation fails until the file is back.
        public static let removed = Code(description: "removed")
        /// Another program kept the store locked for longer than the busy timeout.
        ///
        /// Nothing was done, and a later attempt may succeed.
        public static let busy = Code(description: "busy")
        /// The content of the file is damaged.
        public static let damaged = Code(description: "damaged")
        /// Reading or writing failed for another reason, or the store is closed.
        public static let failed = Code(description: "failed")
        /// The store has no import with this id.
        public static let noSuchImport = Code(description: "no such import")
        /// The store has no machine with this name.
        public static let noSuchMachine = Code(description: "no such machine")
        /// The import is marked as invalid, so it cannot be ordered.
        public static let invalidImport = Code(description: "invalid import")
        /// A monitor whose lease has not expired runs the job, or another job of the same import.
        public static let alreadyRunning = Code(description: "already running")
        /// The machine is quiescing or offline.
        public static let machineNotOnline = Code(description: "machine not online")
    }

    /// The kind of the error.
    public var code: Code
    /// The path of the store's file.
    public var path: String
    /// The problem and the remedy, in full sentences.
    public var detail: String

    /// Creates an error, for tests and for other implementations of a store.
    public init(code: Code, path: String, detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
    }

    /// Whether a retry cannot succeed, because this program can no longer reach the file.
    public var isLasting: Bool { self.code == .removed }

    /// A full sentence that names the store, the problem, and a remedy.
    public var description: String { "Job store \(self.path): \(self.detail)" }
}

extension JobStoreError {
    static let removedDetail =
        "the file was removed or replaced while this program had it open, "
        + "so the program can store nothing more. Put the file back, if you have it."

    /// Returns the error that describes a failure of SQLite or GRDB.
    static func from(_ error: any Error, path: String) -> JobStoreError {
        switch error {
        case let error as JobStoreError: error
        case let error as DatabaseError: Self.from(error, path: path)
        default:
            JobStoreError(
                code: .damaged,
                path: path,
                detail: "its content cannot be decoded (\(error)). "
                    + "Move the file away and restore it, or start with a new one."
            )
        }
    }

    private static func from(_ error: DatabaseError, path: String) -> JobStoreError {
        let code = Self.code(of: error.extendedResultCode)
        let reason = error.message ?? "error \(error.extendedResultCode.rawValue)"
        return JobStoreError(code: code, path: path, detail: Self.detail(code, reason))
    }

    private static func code(of result: ResultCode) -> Code {
        switch result {
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
        case .SQLITE_READONLY_DBMOVED: .removed
        // SQLite reports IOERR_SHMSIZE if the index of the write-ahead log cannot grow.
        case .SQLITE_FULL, .SQLITE_IOERR_SHMSIZE: .diskFull
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .readOnly
        case .SQLITE_NOTADB: .notAJobStore
        case .SQLITE_CANTOPEN: .cannotOpen
        case .SQLITE_CORRUPT: .damaged
        default: .failed
        }
    }

    private static func detail(_ code: Code, _ reason: String) -> String {
        switch code {
        case .busy:
            "another program keeps it locked. Try again; if that does not help, "
                + "look for a program that hangs with the file open."
        case .diskFull:
            "the disk is full, or files may not grow (ulimit -f). Free some space or raise the "
                + "limit, then try again."
        case .readOnly:
            "it is read-only. Allow writing to the file and its folder, or name another file."
        case .removed:
            Self.removedDetail
        case .notAJobStore:
            "it is not a database. Name a job store, or a file that does not exist yet."
        case .cannotOpen:
            "it cannot be opened (\(reason)). "
                + "Allow reading and writing in its folder, or name another file."
        case .damaged:
            "it is damaged (\(reason)). "
                + "Move the file away and restore it, or start with a new one."
        default:
            "the operation failed (\(reason)). "
                + "If it failed to read or write, check whether the disk is full or broken, and whether "
                + "files may grow (ulimit -f)."
        }
    }
}

#endif
