// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Which file a path leads to, however it is called meanwhile.
///
/// SQLite goes on writing to a file that was removed, and says that all is well: nobody will ever
/// read it.
struct FileIdentity: Sendable, Equatable {
    private let device: dev_t
    private let number: ino_t

    /// The file that is there now; nil if that cannot be found out.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.device = status.st_dev
        self.number = status.st_ino
    }

    /// Whether the path leads to another file for sure, or to none.
    ///
    /// That it cannot be found out (a folder on the way that may not be entered any more, too
    /// little memory) is not that.
    func hasLeft(_ path: String) -> Bool {
        guard let there = FileIdentity(path) else { return errno == ENOENT || errno == ENOTDIR }
        return there != self
    }
}
