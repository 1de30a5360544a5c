// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc
internal import Reactor

/// A file in memory that the processes of the same user can open by its path.
///
/// The file is in no folder, so a process that is killed leaves nothing behind, and a secret in the
/// file never reaches a disk. The file exists as long as this object and its openers.
package final class MemoryFile {
    private let descriptor: Int32

    /// Creates an empty file.
    ///
    /// - Parameter name: A name for debugging; it appears in `/proc/PID/fd`.
    /// - Throws: ``FolderError`` with the reason.
    package init(_ name: String) throws(FolderError) {
        self.descriptor = cspawn_memory_file(name)
        guard self.descriptor >= 0 else {
            throw FolderError(path: "memory file \(name)", errno: -self.descriptor)
        }
    }

    deinit { close(self.descriptor) }

    /// The path of the file, which is valid in all processes while this process lives.
    package var path: String { "/proc/\(getpid())/fd/\(self.descriptor)" }

    /// Replaces the content of the file.
    ///
    /// - Returns: 0, or the error number of the call that failed.
    package func replace(by bytes: [UInt8]) -> Int32 {
        guard ftruncate(self.descriptor, 0) == 0, lseek(self.descriptor, 0, SEEK_SET) == 0 else {
            return errno
        }
        return bytes.withUnsafeBytes { writeAll($0, to: self.descriptor) }
    }

    /// Returns the content of the file, or at most its first `limit` bytes.
    package func content(limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count = pread(self.descriptor, &buffer, buffer.count, Int(bytes.count))
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return Array(bytes.prefix(limit))
    }
}
