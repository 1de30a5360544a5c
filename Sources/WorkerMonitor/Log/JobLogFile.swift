// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport

/// An open file of a log, which owns its descriptor.
///
/// Every write appends (`O_APPEND`). Without the flag, a write after another program has shortened
/// the file would start at the old length, and the gap would read as zero bytes.
///
/// All methods block as the file system does. An object is confined to one thread.
final class JobLogFile {
    /// The purpose for which a file is opened.
    ///
    /// For every purpose, the descriptor is close-on-exec, and a symbolic link is not followed.
    enum Access {
        /// Creates a file, which must not exist yet, and appends to it.
        case create
        /// Opens a file to append, and creates it if it does not exist.
        case reopen
        /// Opens a file to read from any offset and to append.
        case assemble
        /// Opens a file to read.
        case read
        /// Opens a folder, which can then be locked.
        case folder

        fileprivate var flags: Int32 {
            switch self {
            case .create: O_WRONLY | O_CREAT | O_EXCL | O_APPEND
            // O_NONBLOCK has no effect on a regular file, and keeps the call from waiting for the
            // other end of a FIFO.
            case .reopen: O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK
            case .assemble: O_RDWR | O_APPEND | O_NONBLOCK
            case .read: O_RDONLY | O_NONBLOCK
            case .folder: O_RDONLY | O_DIRECTORY
            }
        }
    }

    let path: String

    /// How many bytes this object has written.
    private(set) var written: Int64 = 0

    private var descriptor: Int32
    private let device: dev_t
    private let inode: ino_t

    /// Opens a file.
    ///
    /// Only its owner may read and write a new file (mode 0600), whatever the umask is.
    ///
    /// - Parameter code: The code of the error that is thrown if the file cannot be opened.
    init(_ path: String, _ access: Access, orThrow code: JobLogError.Code) throws(JobLogError) {
        self.path = path
        var descriptor: Int32
        repeat {
            descriptor = open(path, access.flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw JobLogError(code, path: path, errno: errno) }
        var status = stat()
        // fstat(2) of an open descriptor fails only if the disk does. The file then never counts
        // as replaced.
        _ = fstat(descriptor, &status)
        if access == .read || access == .assemble, status.st_mode & S_IFMT == S_IFIFO {
            Glibc.close(descriptor)
            throw JobLogError(code, path: path, errno: EINVAL)
        }
        // The umask may also have taken away the access of the owner, who has to assemble the log.
        if access == .create, status.st_mode & 0o777 != 0o600 { _ = fchmod(descriptor, 0o600) }
        self.descriptor = descriptor
        self.device = status.st_dev
        self.inode = status.st_ino
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

    /// The fate of a file's path since the file was opened.
    enum Place {
        /// The path still leads to the file, which has this length in bytes.
        case same(length: Int64)
        /// The file was renamed or removed, and the path leads to another file or to none.
        case left
        /// The path cannot be examined, for example because its folder may not be entered.
        case unknown
    }

    /// Returns whether the path still leads to this file.
    func place() -> Place {
        var status = stat()
        guard lstat(self.path, &status) == 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .left : .unknown
        }
        guard status.st_dev == self.device, status.st_ino == self.inode else { return .left }
        return .same(length: Int64(status.st_size))
    }

    /// Returns whether the path leads to this file, and nobody has shortened it below `length`.
    func isInPlace(withLength length: Int64) -> Bool {
        switch self.place() {
        case .same(let current): current >= length
        case .left: false
        case .unknown: true
        }
    }

    /// Opens the file that is now at the path of a log, or creates it, for a log whose own file was
    /// renamed, removed or replaced.
    ///
    /// - Returns: The locked file, or `nil` if there can be none: the path leads to something other
    ///   than a regular file or to the log of another monitor, or the file cannot be created.
    static func reopen(_ path: String) -> JobLogFile? {
        try? makeFolder(folder(of: path))
        guard let file = try? JobLogFile(path, .reopen, orThrow: .write) else { return nil }
        var status = stat()
        guard fstat(file.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, file.lock()
        else { return nil }
        return file
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
