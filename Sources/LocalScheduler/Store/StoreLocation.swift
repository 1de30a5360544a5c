// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// Where the file of a store is, and whether it can be there.
///
/// SQLite says no more than "unable to open database file", and waits for ever on a FIFO, so the
/// file is looked at before it is opened. What changes in between is reported in SQLite's own
/// words.
enum StoreLocation {
    /// The folder of the program below the folder for state, by the XDG base directory
    /// specification, which says that a relative folder is to be ignored.
    static func defaultFolder(environment: [String: String]) throws(JobStoreError) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return state + "/worker-monitor"
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw JobStoreError(
                code: .cannotOpen,
                path: "worker-monitor/jobs.sqlite",
                detail:
                    "its folder is not known. Set HOME or XDG_STATE_HOME to a folder, or name a file."
            )
        }
        return home + "/.local/state/worker-monitor"
    }

    /// Makes the folder and those above it that are missing, for this user alone.
    static func makeFolder(_ folder: String, for path: String) throws(JobStoreError) {
        var made = ""
        for part in folder.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            let code = errno
            // A folder that is there may be reported as EROFS or EACCES before EEXIST.
            guard !Self.isFolder(made) else { continue }
            throw JobStoreError(
                code: .cannotOpen,
                path: path,
                detail: "the folder \(made) cannot be made (\(errorText(code))). "
                    + "Make it, or name a file elsewhere."
            )
        }
    }

    /// The path from the root on, because the current folder may change, and because SQLite gives
    /// names such as "" and ":memory:" a meaning of their own.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let raw = getcwd(nil, 0) else { return path }
        defer { free(raw) }
        let folder = String(cString: raw)
        return folder + (folder.hasSuffix("/") ? "" : "/") + path
    }

    /// Makes sure that there is a file that can be read and written, or can be made.
    static func check(_ path: String) throws(JobStoreError) {
        var status = stat()
        if stat(path, &status) == 0 {
            try Self.check(path, mode: status.st_mode)
            return
        }
        let code = errno
        let folder = Self.folder(of: path)
        let detail: String
        switch code {
        case ENOENT where Self.isFolder(folder): return
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

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
