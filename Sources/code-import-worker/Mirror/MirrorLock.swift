// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// A lock that prevents two workers from using one mirror.
///
/// The lock lasts as long as this object lives, and ends with the worker. It is an flock(2) on a
/// file beside the mirror. The file is never removed: a worker that removed it could let a second
/// worker lock a new file while a third still holds the old one. ``FolderLock`` covers the
/// processes of git, which may outlive the worker.
final class MirrorLock {
    /// The wait that the worker proposes if another process has the lock, in seconds.
    static let waitForHolder = 60

    private let descriptor: Int32

    /// Locks the mirror without waiting.
    ///
    /// - Throws: ``ImportFailure`` with the process id of the holder if another worker has
    ///   the lock.
    init(_ path: String, of mirror: String) throws(ImportFailure) {
        self.descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard self.descriptor >= 0 else {
            throw ImportFailure(
                .machineFault,
                "Cannot open the lock file \(path): \(errorText(errno))."
            )
        }
        guard flock(self.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.holder(self.descriptor)
            close(self.descriptor)
            throw reason == EWOULDBLOCK
                ? ImportFailure(
                    .machineFault,
                    "Process \(holder) is working on \(mirror). Try again later.",
                    retryAfter: Self.waitForHolder
                )
                : ImportFailure(.machineFault, "Cannot lock \(path): \(errorText(reason)).")
        }
        let text = "\(getpid())\n"
        if ftruncate(self.descriptor, 0) == 0 { pwrite(self.descriptor, text, text.utf8.count, 0) }
    }

    deinit { close(self.descriptor) }

    /// Returns the process id that the holder has written into the file.
    private static func holder(_ descriptor: Int32) -> String {
        let text = withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        let digits = text.prefix { $0.isNumber }
        return digits.isEmpty ? "(unknown)" : String(digits)
    }
}
