// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// A job's log could not be written or put together.
public struct JobLogError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What could not be done.
    public struct Code: Sendable, Hashable {
        /// What the description says of the file.
        fileprivate let says: String

        /// The log could not be made.
        public static let create = Code(says: "cannot be created")

        /// Output or a note could not be written.
        public static let write = Code(says: "cannot be written")

        /// The parts of the log could not be put together.
        ///
        /// They are still there: ``JobLog/recover(_:)`` can be tried again.
        public static let assemble = Code(says: "cannot be put together")

        /// The log has a writer, so its parts cannot be put together now.
        public static let inUse = Code(says: "is still being written")

        /// The log was closed before this was written.
        public static let closed = Code(says: "is closed")
    }

    /// What could not be done.
    public let code: Code

    /// The file that it was about: the log, or one of its parts.
    public let path: String

    /// The system's error number; 0 if the system was not asked.
    public let errno: Int32

    /// Makes an error.
    public init(_ code: Code, path: String, errno: Int32 = 0) {
        self.code = code
        self.path = path
        self.errno = errno
    }

    /// What happened, to which file, why, and what can be done about it, in whole sentences.
    public var description: String {
        let event = "the job's log \(self.path) \(self.code.says)"
        guard self.errno != 0 else { return event }
        let reason = "\(event): \(errorText(self.errno))"
        guard let advice = JobLogAdvice.advice(errno: self.errno) else { return reason }
        return "\(reason); \(advice)"
    }
}
