// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file system of this size of a test's own; `nil` where one may not be mounted.
final class SmallDisk {
    let folder: JobLogFolder

    init?(kibibytes: Int) {
        guard geteuid() == 0, let folder = try? JobLogFolder() else { return nil }
        guard mount("none", folder.path, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
            return nil
        }
        self.folder = folder
    }

    deinit {
        umount2(self.folder.path, Int32(MNT_DETACH))
    }

    /// Whether one may be mounted.
    static let canBeMade = SmallDisk(kibibytes: 64) != nil
}
