// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// Checks that this user may read and write a mirror.
///
/// Git reports a file that it cannot read as if it did not exist, so a mirror of another user looks
/// damaged. The advice for a damaged mirror, to clone again, would be wrong for it.
enum MirrorAccess {
    /// The files and folders of a mirror that an import needs, with the permissions that it needs.
    private static let needed: [(name: String, mode: Int32)] = [
        ("", R_OK | W_OK | X_OK), ("/objects", R_OK | W_OK | X_OK), ("/objects/pack", R_OK | X_OK),
        ("/refs", R_OK | W_OK | X_OK), ("/config", R_OK), ("/HEAD", R_OK), ("/packed-refs", R_OK),
    ]

    /// Throws ``ImportFailure`` if this user lacks a permission.
    ///
    /// A mirror or a file that does not exist is no matter of permissions.
    static func check(_ mirror: String) throws(ImportFailure) {
        var status = stat()
        guard lstat(mirror, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        for (name, mode) in Self.needed {
            let path = mirror + name
            // A file in the place of a folder is damage, and no matter of permissions.
            if mode & X_OK != 0, lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
                continue
            }
            guard faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0 else { continue }
            let code = errno
            guard [EACCES, EPERM, EROFS].contains(code) else { continue }
            let owner = lstat(path, &status) == 0 ? " It belongs to user \(status.st_uid)." : ""
            throw ImportFailure(
                .machineFault,
                "This user (\(geteuid())) cannot use the mirror: \(path): \(errorText(code)).\(owner) "
                    + "Run the worker as the owner of the mirror, or change the owner and the permissions."
            )
        }
    }

    /// Throws ``ImportFailure`` if the source is a folder of this machine that this user
    /// cannot read.
    ///
    /// Git would report that there is no repository, and the import would count as failed.
    static func check(source address: String) throws(ImportFailure) {
        let path = address.hasPrefix("file:///") ? String(address.dropFirst(7)) : address
        guard path.hasPrefix("/"), faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS) != 0,
            errno == EACCES
        else { return }
        var status = stat()
        // A bundle is a file, and needs no permission to be executed.
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR,
            faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0
        {
            return
        }
        throw ImportFailure(
            .machineFault,
            "This user (\(geteuid())) cannot read \(path): \(errorText(EACCES)). Run the worker as "
                + "another user, or change the permissions."
        )
    }
}
