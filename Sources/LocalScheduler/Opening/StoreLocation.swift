// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// Checks the location of a store's file before SQLite opens it.
///
/// SQLite only reports "unable to open database file", and blocks forever on a FIFO. If the
/// location changes between the check and the opening, the error contains SQLite's own message.
enum StoreLocation {
    /// Returns the user's folder for state; see ``XDGFolders``.
    static func defaultFolder(environment: [String: String]) throws(JobStoreError) -> String {
        if let folder = XDGFolders.state(environment) { return folder }
        throw JobStoreError(
            code: .cannotOpen,
            path: "worker-monitor/jobs.sqlite",
            detail:
                "its folder is unknown. Set HOME or XDG_STATE_HOME to a folder, or name a file."
        )
    }

    /// Creates the folder and its missing parent folders, with access for this user only.
    static func makeFolder(_ folder: String, for path: String) throws(JobStoreError) {
        do {
            try ProgramSupport.makeFolder(folder)
        } catch {
            throw JobStoreError(
                code: .cannotOpen,
                path: path,
                detail: "the folder \(error.path) cannot be created (\(errorText(error.errno))). "
                    + "Create it, or name a file elsewhere."
            )
        }
    }

    /// Checks that the file can be read and written, or created.
    static func check(_ path: String) throws(JobStoreError) {
        var status = stat()
        if stat(path, &status) == 0 {
            try Self.check(path, mode: status.st_mode)
            return
        }
        let code = errno
        let folder = ProgramSupport.folder(of: path)
        let detail: String
        switch code {
        case ENOENT where isFolder(folder): return
        case ENOENT:
            detail =
                "the folder \(folder) does not exist. Create it, or name a file in another folder."
        case ENOTDIR:
            detail = "\(folder) is not a folder, or is below a file. Name a file in a folder."
        default:
            detail =
                "it cannot be accessed (\(errorText(code))). Allow access, or name another file."
        }
        throw JobStoreError(code: .cannotOpen, path: path, detail: detail)
    }

    /// Creates an empty file that only this user may read and write, if there is no file yet.
    ///
    /// SQLite would create the file with mode 0644, less the umask. It gives `PATH-wal`, `PATH-shm`
    /// and `PATH-journal` the mode of the file itself. If the creation fails, SQLite fails too, and
    /// its error is reported.
    static func createClosed(_ path: String) {
        // O_EXCL guarantees that no other code of this process has the file open. Closing the
        // descriptor would release its locks (fcntl_locking(2)).
        var file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        // O_EXCL also fails for a link to a file that does not exist yet.
        var status = stat()
        if file < 0, errno == EEXIST, stat(path, &status) != 0, errno == ENOENT {
            file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        }
        guard file >= 0 else { return }
        // The umask may also have taken away the access of the owner.
        _ = fchmod(file, 0o600)
        close(file)
    }

    /// Closes the files of a store that all users can access; returns sentences about the changes.
    static func closeToOthers(_ path: String) -> [String] {
        ["", "-wal", "-shm", "-journal"].compactMap { ProgramSupport.closeToOthers(path + $0) }
    }

    private static func check(_ path: String, mode: mode_t) throws(JobStoreError) {
        switch mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR:
            throw JobStoreError(
                code: .cannotOpen,
                path: path,
                detail: "it is a folder. Name a file in it, for example \(path)/jobs.sqlite."
            )
        default:
            throw JobStoreError(
                code: .cannotOpen,
                path: path,
                detail: "it is not a regular file. Name a file on a disk."
            )
        }
        guard access(path, R_OK | W_OK) != 0 else { return }
        let code = errno
        throw JobStoreError(
            code: access(path, R_OK) == 0 ? .readOnly : .cannotOpen,
            path: path,
            detail:
                "it cannot be read and written (\(errorText(code))). Allow both, or name another file."
        )
    }
}

#endif
