// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// The error of a job's log that could not be written or assembled.
public struct JobLogError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Sendable, Hashable {
        /// The predicate of the first sentence of the description.
        fileprivate let predicate: String

        /// The log could not be created.
        public static let create = Code(predicate: "cannot be created")

        /// Output or a note could not be written.
        public static let write = Code(predicate: "cannot be written")

        /// The log could not be assembled from its parts.
        ///
        /// The parts still exist. ``JobLog/recover(_:)`` may be called again.
        public static let assemble = Code(predicate: "cannot be assembled from its parts")

        /// Another program removed the log, and its output is lost.
        public static let removed = Code(
            predicate: "was removed while the job ran, and the output in it is lost"
        )

        /// The log cannot be assembled, because it is still being written.
        public static let inUse = Code(predicate: "is still being written")

        /// Nothing can be appended, because the log is closed.
        public static let closed = Code(predicate: "is closed")
    }

    /// The kind of failure.
    public let code: Code

    /// The file that caused the failure: the log, or one of its parts.
    public let path: String

    /// The system's error number, or 0 if no system call failed.
    public let errno: Int32

    /// Creates an error, for example in a test or in another ``JobLogSink``.
    public init(_ code: Code, path: String, errno: Int32 = 0) {
        self.code = code
        self.path = path
        self.errno = errno
    }

    /// The event, the path, the reason and advice, in whole sentences.
    public var description: String {
        let event = "The job's log \(self.path) \(self.code.predicate)"
        guard self.errno != 0, self.code != .removed else { return "\(event)." }
        let reason = "\(event): \(errorText(self.errno))."
        guard let advice = Self.advice(errno: self.errno) else { return reason }
        return "\(reason) \(advice)"
    }

    /// Returns what a person can do about an error of a log, or `nil` if no advice is known.
    static func advice(errno: Int32) -> String? {
        switch errno {
        case ENOSPC: "Free some space on its file system, or choose another folder for logs."
        case EDQUOT: "Free some of the user's disk quota, or choose another folder for logs."
        case EFBIG: "Raise the limit on file sizes (ulimit -f), or lower the limit of the log."
        case EIO: "Its disk may be failing: read the kernel log, or choose another folder for logs."
        case EROFS: "Its file system is read-only. Choose another folder for logs."
        case EACCES, EPERM: "Make its folder writable for this user, or choose another folder."
        case ENOENT: "Create its folder first, or choose another folder for logs."
        case ENOTDIR: "A component of its path is not a folder. Choose another folder for logs."
        case EEXIST: "A file of that name exists already. Move it away, or choose another name."
        case EMFILE, ENFILE: "Too many files are open. Raise the limit (ulimit -n)."
        default: nil
        }
    }
}
