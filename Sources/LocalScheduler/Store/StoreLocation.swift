// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// Where the file of a store is, and whether it can be there.
///
/// SQLite says no more than "unable to open database file", and waits for ever on a FIFO, so the
/// file is looked at before it is opened. What changes in between is reported in SQLite's own
/// words.
enum StoreLocation {
    /// Returns the user's folder for state; see ``XDGFolders``.
    static func defaultFolder(environment: [String: String]) throws(JobStoreError) -> String {
        if let folder = XDGFolders.state(environment) { return folder }
        throw JobStoreError(
            code: .cannotOpen,
            path: "worker-monitor/jobs.sqlite",
            detail:
                "its folder is not known. Set HOME or XDG_STATE_HOME to a folder, or name a file."
        )
    }

    /// Makes the folder and those above it that are missing, for this user alone.
    static func makeFolder(_ folder: String, for path: String) throws(JobStoreError) {
        do {
            try ProgramSupport.makeFolder(folder, permissions: 0o700)
        } catch {
            throw JobStoreError(
                code: .cannotOpen,
                path: path,
                detail: "the folder \(error.path) cannot be made (\(errorText(error.errno))). "
                    + "Make it, or name a file elsewhere."
            )
        }
    }

    /// Makes sure that there is a file that can be read and written, or can be made.
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
                "the folder \(folder) does not exist. Make it, or name a file in another folder."
        case ENOTDIR:
            detail = "\(folder) is not a folder, or lies below a file. Name a file in a folder."
        default:
            detail = "it cannot be looked at (\(errorText(code))). Name a file that can be."
        }
        throw JobStoreError(code: .cannotOpen, path: path, detail: detail)
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
                "it cannot be read and written (\(errorText(code))). Allow it, or name another file."
        )
    }
}
