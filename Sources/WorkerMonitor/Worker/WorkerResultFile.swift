// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport

/// The file in which an import worker may tell more about its failure than its exit code.
///
/// The file has no name in any folder. The worker opens it by the path of the monitor's descriptor
/// in /proc. In contrast to a pipe, it needs no descriptor in the worker, so it also works with a
/// terminal, and a descendant of the worker that keeps it open delays nothing.
final class WorkerResultFile {
    private let descriptor: Int32

    /// Creates an empty file, or returns `nil` if that fails, for example because the disk is full.
    ///
    /// The worker then has only its exit code to report its result, which is enough.
    init?() {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let name = "\(folder)/.import-result.\(UInt64.random(in: 0 ... .max))"
        self.descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard self.descriptor >= 0 else { return nil }
        unlink(name)
    }

    deinit { close(self.descriptor) }

    /// The path by which another process of the same user can open the file.
    var path: String { "/proc/\(getpid())/fd/\(self.descriptor)" }

    /// Reads what the worker has written, or returns `nil` if it is no result.
    func read() -> WorkerResult? {
        let bytes = [UInt8](unsafeUninitializedCapacity: WorkerResult.longest) { buffer, count in
            count = max(0, pread(self.descriptor, buffer.baseAddress, buffer.count, 0))
        }
        return WorkerResult(parsing: bytes)
    }
}
