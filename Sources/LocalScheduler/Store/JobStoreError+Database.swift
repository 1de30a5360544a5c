// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import WorkerMonitor

extension JobStoreError {
    /// Puts into the store's own words what went wrong below it.
    static func from(_ error: any Error, path: String) -> JobStoreError {
        switch error {
        case let error as JobStoreError: error
        case let error as DatabaseError: Self.from(error, path: path)
        default:
            JobStoreError(
                code: .damaged,
                path: path,
                detail: "it holds something that cannot be read (\(error)). "
                    + "Put the file aside and restore it, or start with a new one."
            )
        }
    }

    private static func from(_ error: DatabaseError, path: String) -> JobStoreError {
        let (code, detail) = Self.explain(error, path: path)
        return JobStoreError(code: code, path: path, detail: detail)
    }

    private static func explain(_ error: DatabaseError, path: String) -> (Code, String) {
        let said = error.message ?? "error \(error.extendedResultCode.rawValue)"
        switch error.extendedResultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return (
                .busy, "another program keeps it locked. Try again; if that does not help, "
                    + "look for a program that hangs with the file open."
            )
        // The second: the index of the write-ahead log could not grow.
        case .SQLITE_FULL, .SQLITE_IOERR_SHMSIZE:
            return (.diskFull, "there is no room left to write. Make some, then try again.")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return (
                .readOnly, "it cannot be written to. Allow writing to the file and its folder, "
                    + "or name another file."
            )
        case .SQLITE_NOTADB:
            return (
                .notAJobStore, "it is not a database. Name a job store, "
                    + "or a file that does not exist yet."
            )
        case .SQLITE_CANTOPEN:
            return (
                .cannotOpen, "it cannot be opened (\(said)). "
                    + "Allow reading and writing in its folder, or name another file."
            )
        case .SQLITE_CORRUPT:
            return (
                .damaged, "it is damaged (\(said)). "
                    + "Put the file aside and restore it, or start with a new one."
            )
        case .SQLITE_IOERR:
            return (
                .failed, "reading or writing failed (\(said)). "
                    + "See whether its disk is full or broken, then try again."
            )
        default:
            return (.failed, "the operation failed: \(said).")
        }
    }
}
