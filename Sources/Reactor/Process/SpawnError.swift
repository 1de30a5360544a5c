// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A child could not be started.
public struct SpawnError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it was; more may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name, for logs.
        public let description: String

        /// The request contradicts itself, for example a NUL byte in an argument.
        public static let invalidRequest = Code(description: "invalid request")
        /// The program was not found, or cannot be executed.
        public static let cannotExecute = Code(description: "cannot execute")
        /// The working directory cannot be entered.
        public static let cannotEnterDirectory = Code(description: "cannot enter directory")
        /// A descriptor to hand on is not open, or too many are open.
        public static let descriptors = Code(description: "descriptors")
        /// No pseudo-terminal could be had.
        public static let terminal = Code(description: "terminal")
        /// The system has no room for another process, or another step of its preparation failed.
        public static let system = Code(description: "system")
    }

    /// What kind of failure it was.
    public var code: Code
    /// The system's reason; 0 for an invalid request.
    public var errno: Int32
    /// What was being done, in words, for example "execute".
    public var step: String
    /// What it was about: the program, the directory, the argument.
    public var subject: String

    /// Makes an error; tests and fakes do.
    public init(code: Code, errno: Int32, step: String, subject: String) {
        self.code = code
        self.errno = errno
        self.step = step
        self.subject = subject
    }

    /// A full sentence that names what failed and why.
    public var description: String {
        let reason = self.errno == 0 ? self.subject : "\(self.subject): \(errorText(self.errno))"
        return "Cannot \(self.step) \(reason)."
    }
}
