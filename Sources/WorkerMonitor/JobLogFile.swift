// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport

/// An open file of a log: the one owner of its descriptor, which it closes once.
///
/// Blocks as file systems do. Confined to one thread.
final class JobLogFile {
    /// How a file is opened; all of them close-on-exec, and never through a symbolic link.
    enum Access {
        /// A file that must not exist yet, written from its start.
        case create
        /// Read and written, at its end.
        case assemble
        /// Read.
        case read
    }

    let path: String

    /// How many bytes were written by this object.
    private(set) var written: Int64 = 0

    private var descriptor: Int32

    /// Opens a file; one that is made can be read by its group, if the umask lets it.
    init(_ path: String, _ access: Access, failing code: JobLogError.Code) throws(JobLogError) {
        let flags: Int32 =
            switch access {
            case .create: O_WRONLY | O_CREAT | O_EXCL
            case .assemble: O_RDWR | O_APPEND
            case .read: O_RDONLY
            }
        self.path = path
        repeat {
            self.descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o640)
        } while self.descriptor < 0 && errno == EINTR
        guard self.descriptor >= 0 else { throw JobLogError(code, path: path, errno: errno) }
    }

    deinit {
        self.close()
    }

    /// Opens a file that may not be there; `nil` if it is not.
    static func ifPresent(
        _ path: String,
        _ access: Access,
        failing code: JobLogError.Code
    ) throws(JobLogError) -> JobLogFile? {
        do {
            return try JobLogFile(path, access, failing: code)
        } catch {
            if error.errno == ENOENT { return nil }
            throw error
        }
    }

    /// Writes all the bytes.
    func write(_ bytes: RawSpan, failing code: JobLogError.Code = .write) throws(JobLogError) {
        let descriptor = self.descriptor
        let failure = bytes.withUnsafeBytes { bytes in
            writeAll(bytes, counting: &self.written) { rest in
                Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
        }
        if failure != 0 { throw JobLogError(code, path: self.path, errno: failure) }
    }

    /// Reads up to the buffer's length from an offset and gives how many bytes there were.
    func read(
        into buffer: inout [UInt8],
        at offset: Int64,
        failing code: JobLogError.Code
    ) throws(JobLogError) -> Int {
        let descriptor = self.descriptor
        var count: Int
        repeat {
            count = buffer.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
            }
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw JobLogError(code, path: self.path, errno: errno) }
        return count
    }

    /// How long the file is.
    func length(failing code: JobLogError.Code) throws(JobLogError) -> Int64 {
        var status = stat()
        guard fstat(self.descriptor, &status) == 0 else {
            throw JobLogError(code, path: self.path, errno: errno)
        }
        return Int64(status.st_size)
    }

    /// Waits until the disk has it.
    func flush(failing code: JobLogError.Code) throws(JobLogError) {
        guard fsync(self.descriptor) == 0 else {
            throw JobLogError(code, path: self.path, errno: errno)
        }
    }

    /// Cuts the file off.
    func truncate(to length: Int64, failing code: JobLogError.Code) throws(JobLogError) {
        while ftruncate(self.descriptor, off_t(length)) != 0 {
            guard errno == EINTR else { throw JobLogError(code, path: self.path, errno: errno) }
        }
    }

    /// Marks the file as being written; `false` if somebody else has done that.
    ///
    /// Where the file system has no locks, everybody may.
    func lock() -> Bool {
        flock(self.descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
    }

    /// Closes the file; again does nothing.
    func close() {
        guard self.descriptor >= 0 else { return }
        // Closing alone would leave the lock to a copy of the descriptor that a child still holds
        // between its fork and its exec.
        _ = flock(self.descriptor, LOCK_UN)
        _ = Glibc.close(self.descriptor)
        self.descriptor = -1
    }
}
