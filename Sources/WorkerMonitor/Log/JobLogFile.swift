// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport

/// An open file of a log, which owns its descriptor.
///
/// All methods block as the file system does. An object is confined to one thread.
final class JobLogFile {
    /// The purpose for which a file is opened.
    ///
    /// For every purpose, the descriptor is close-on-exec, and a symbolic link is not followed.
    enum Access {
        /// Creates a file, which must not exist yet, and writes to it.
        case create
        /// Opens a file to read from any offset and to append.
        case assemble
        /// Opens a file to read.
        case read
    }

    let path: String

    /// How many bytes this object has written.
    private(set) var written: Int64 = 0

    private var descriptor: Int32

    /// Opens a file.
    ///
    /// A new file is readable by its owner and group (mode 0640, less the umask).
    ///
    /// - Parameter code: The code of the error that is thrown if the file cannot be opened.
    init(_ path: String, _ access: Access, orThrow code: JobLogError.Code) throws(JobLogError) {
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

    /// Opens a file, or returns `nil` if it does not exist.
    static func ifPresent(
        _ path: String,
        _ access: Access,
        orThrow code: JobLogError.Code
    ) throws(JobLogError) -> JobLogFile? {
        do {
            return try JobLogFile(path, access, orThrow: code)
        } catch {
            if error.errno == ENOENT { return nil }
            throw error
        }
    }

    /// Writes all of the bytes.
    func write(_ bytes: RawSpan, orThrow code: JobLogError.Code = .write) throws(JobLogError) {
        let descriptor = self.descriptor
        let failure = bytes.withUnsafeBytes { bytes in
            writeAll(bytes, counting: &self.written) { rest in
                Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
        }
        if failure != 0 { throw JobLogError(code, path: self.path, errno: failure) }
    }

    /// Reads from an offset, up to the length of the buffer, and returns the number of bytes.
    ///
    /// The number is 0 at the end of the file.
    func read(
        into buffer: inout [UInt8],
        at offset: Int64,
        orThrow code: JobLogError.Code
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

    /// Returns the length of the file, in bytes.
    func length(orThrow code: JobLogError.Code) throws(JobLogError) -> Int64 {
        var status = stat()
        guard fstat(self.descriptor, &status) == 0 else {
            throw JobLogError(code, path: self.path, errno: errno)
        }
        return Int64(status.st_size)
    }

    /// Waits until the content of the file is on the disk.
    func flush(orThrow code: JobLogError.Code) throws(JobLogError) {
        guard fsync(self.descriptor) == 0 else {
            throw JobLogError(code, path: self.path, errno: errno)
        }
    }

    /// Shortens the file to this length.
    func truncate(to length: Int64, orThrow code: JobLogError.Code) throws(JobLogError) {
        while ftruncate(self.descriptor, off_t(length)) != 0 {
            guard errno == EINTR else { throw JobLogError(code, path: self.path, errno: errno) }
        }
    }

    /// Locks the file, which marks it as a log that is still being written.
    ///
    /// - Returns: `false` if another open file has the lock. The result is `true` if the file
    ///   system does not support locks.
    func lock() -> Bool {
        flock(self.descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
    }

    /// Closes the file; does nothing if it is closed already.
    func close() {
        guard self.descriptor >= 0 else { return }
        // Unlock explicitly. A child between fork and exec may still have a copy of the descriptor,
        // and closing this one alone would leave the file locked until the child closes its copy.
        _ = flock(self.descriptor, LOCK_UN)
        _ = Glibc.close(self.descriptor)
        self.descriptor = -1
    }
}
