// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// Keeps two workers from one mirror: a lock on a file beside it, for as long as this object lives.
///
/// The file stays when the lock goes: whoever removed it could have it locked by two.
final class MirrorLock {
    /// The open file; a child that inherits it holds the lock too.
    let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: ``ImportFailure`` if another worker has it, with the worker's process id.
    init(_ path: String, of mirror: String) throws(ImportFailure) {
        self.descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard self.descriptor >= 0 else {
            throw ImportFailure(
                .failure,
                "The lock \(path) cannot be opened: \(errorText(errno))."
            )
        }
        guard flock(self.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.holder(self.descriptor)
            close(self.descriptor)
            throw reason == EWOULDBLOCK
                ? ImportFailure(
                    .failure,
                    "Process \(holder) is at work on \(mirror); try again later."
                )
                : ImportFailure(.failure, "The lock \(path) cannot be had: \(errorText(reason)).")
        }
        let text = "\(getpid())\n"
        if ftruncate(self.descriptor, 0) == 0 { pwrite(self.descriptor, text, text.utf8.count, 0) }
    }

    deinit { close(self.descriptor) }

    /// What the holder has written; it may have died since, and one of its children still be at
    /// work.
    private static func holder(_ descriptor: Int32) -> String {
        let text = withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        let digits = text.prefix { $0.isNumber }
        return digits.isEmpty ? "(not known)" : String(digits)
    }
}
