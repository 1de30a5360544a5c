// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Makes a folder and those above it that are missing, with the permissions that the umask leaves.
///
/// - Throws: what the system said, and of which part of the path.
package func makeFolder(_ path: String) throws(FolderError) {
    var made = ""
    for part in path.split(separator: "/") {
        made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
        guard mkdir(made, 0o777) != 0 else { continue }
        let code = errno
        var status = stat()
        // One that is there may be reported as EROFS or EACCES before EEXIST.
        guard stat(made, &status) == 0 else { throw FolderError(path: made, errno: code) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FolderError(path: made, errno: ENOTDIR)
        }
    }
}

/// A folder could not be made, or not be entered.
package struct FolderError: Error, CustomStringConvertible {
    /// The folder.
    package let path: String
    /// The system's error number.
    package let errno: Int32

    /// What and why, without a full stop.
    package var description: String { "\(self.path): \(errorText(self.errno))" }
}
