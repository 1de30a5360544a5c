// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import WorkerMonitor

extension JobStoreError {
    static let removedDetail =
        "the file was removed or replaced while this program had it open, "
        + "so nothing more can be told to it. Put it back, if you have it."

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
        let code = Self.code(of: error.extendedResultCode)
        let said = error.message ?? "error \(error.extendedResultCode.rawValue)"
        return JobStoreError(code: code, path: path, detail: Self.detail(code, said))
    }

    private static func code(of result: ResultCode) -> Code {
        switch result {
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
        case .SQLITE_READONLY_DBMOVED: .removed
        // The second: the index of the write-ahead log could not grow.
        case .SQLITE_FULL, .SQLITE_IOERR_SHMSIZE: .diskFull
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .readOnly
        case .SQLITE_NOTADB: .notAJobStore
        case .SQLITE_CANTOPEN: .cannotOpen
        case .SQLITE_CORRUPT: .damaged
        default: .failed
        }
    }

    private static func detail(_ code: Code, _ said: String) -> String {
        switch code {
        case .busy:
            "another program keeps it locked. Try again; if that does not help, "
                + "look for a program that hangs with the file open."
        case .diskFull:
            "there is no room left to write. Make some, then try again."
        case .readOnly:
            "it cannot be written to. Allow writing to the file and its folder, or name another file."
        case .removed:
            Self.removedDetail
        case .notAJobStore:
            "it is not a database. Name a job store, or a file that does not exist yet."
        case .cannotOpen:
            "it cannot be opened (\(said)). "
                + "Allow reading and writing in its folder, or name another file."
        case .damaged:
            "it is damaged (\(said)). "
                + "Put the file aside and restore it, or start with a new one."
        default:
            "the operation failed (\(said)). "
                + "If it was about reading or writing, see whether the disk is full or broken."
        }
    }
}
