// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// Creates a folder and its missing parent folders.
///
/// - Parameters:
///   - path: The folder, absolute or relative to the current folder.
///   - permissions: The mode of each folder that is created. The umask is applied to it. By
///     default, other users have no access.
/// - Throws: ``FolderError`` with the part of the path that could not be created or entered.
package func makeFolder(_ path: String, permissions: UInt32 = 0o700) throws(FolderError) {
    var made = ""
    for part in path.split(separator: "/") {
        made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
        var status = stat()
        if mkdir(made, permissions) == 0 {
            // The umask may also have taken away the access of the owner.
            let mode = permissions & 0o700
            if stat(made, &status) == 0, status.st_mode & mode != mode {
                chmod(made, status.st_mode & 0o7777 | mode)
            }
            continue
        }
        let code = errno
        // If the parent is on a read-only file system or is not writable, mkdir(2) may fail with
        // EROFS or EACCES although the folder exists.
        guard stat(made, &status) == 0 else { throw FolderError(path: made, errno: code) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FolderError(path: made, errno: ENOTDIR)
        }
    }
}

/// `O_PATH` of open(2), which Glibc does not import because it needs `_GNU_SOURCE`.
private let pathOnly: Int32 = 0o10_000_000

/// Takes away the access of the group and of others from a file or folder that everybody may read
/// or write.
///
/// Earlier versions left the permissions of their files to the umask. A mode that gives access
/// to the owner and the group only is not changed, because no common umask leads to it, so
/// somebody has chosen it. Nothing is changed through a symbolic link, or if the file belongs to
/// another user.
///
/// - Returns: A sentence about the change, or `nil` if nothing was changed.
package func closeToOthers(_ path: String) -> String? {
    // The descriptor cannot be used to read or write. Closing any other one would release the locks
    // that SQLite holds on the same file in this process (fcntl_locking(2)).
    let file = open(path, pathOnly | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o007 != 0,
        [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    else { return nil }
    let (old, new) = (status.st_mode & 0o7777, status.st_mode & 0o7700)
    guard chmod("/proc/self/fd/\(file)", new) == 0 else { return nil }
    return "All users could access \(path) (mode \(String(old, radix: 8))). "
        + "Now only its owner can (mode \(String(new, radix: 8)))."
}

/// The error for a folder that could not be created or entered.
package struct FolderError: Error, CustomStringConvertible {
    /// The part of the path that failed.
    package let path: String
    /// The error number of the system call.
    package let errno: Int32

    /// The path and the reason, without a period.
    package var description: String { "\(self.path): \(errorText(self.errno))" }
}

/// Returns an absolute path: a relative path is resolved against the current folder.
///
/// A daemon may change its current folder, and SQLite gives relative names such as `:memory:` a
/// meaning of their own. Symbolic links and `..` stay as they are.
package func absolutePath(_ path: String) -> String {
    guard !path.hasPrefix("/"), let raw = getcwd(nil, 0) else { return path }
    defer { free(raw) }
    let folder = String(cString: raw)
    return folder + (folder.hasSuffix("/") ? "" : "/") + path
}

/// Returns the path of the folder that contains a file.
package func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Returns whether a path names a folder that can be reached.
package func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The folders of the XDG Base Directory Specification.
package enum XDGFolders {
    /// Returns the folder for the state of `worker-monitor`: `worker-monitor` in
    /// `$XDG_STATE_HOME`, or in `$HOME/.local/state`.
    ///
    /// The specification asks programs to ignore a value that is not an absolute path.
    ///
    /// - Returns: The folder, which may not exist, or `nil` if neither variable is usable.
    package static func state(_ environment: [String: String]) -> String? {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return "\(state)/worker-monitor"
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home)/.local/state/worker-monitor"
    }
}
