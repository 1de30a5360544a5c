// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// Creates a folder and its missing parent folders.
///
/// - Parameters:
///   - path: The folder, absolute or relative to the current folder.
///   - permissions: The mode of each folder that is created. The umask is applied to it.
/// - Throws: ``FolderError`` with the part of the path that could not be created or entered.
package func makeFolder(_ path: String, permissions: UInt32 = 0o777) throws(FolderError) {
    var made = ""
    for part in path.split(separator: "/") {
        made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
        guard mkdir(made, permissions) != 0 else { continue }
        let code = errno
        var status = stat()
        // If the parent is on a read-only file system or is not writable, mkdir(2) may fail with
        // EROFS or EACCES although the folder exists.
        guard stat(made, &status) == 0 else { throw FolderError(path: made, errno: code) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FolderError(path: made, errno: ENOTDIR)
        }
    }
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
