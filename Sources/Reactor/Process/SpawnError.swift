// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// A child process could not be started.
public struct SpawnError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of a failure; later versions may add more.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// A short name for logs, for example "cannot execute".
        public let description: String

        /// The request is not valid, for example because an argument contains a NUL byte.
        public static let invalidRequest = Code(description: "invalid request")
        /// The program was not found, or the kernel cannot execute it.
        public static let cannotExecute = Code(description: "cannot execute")
        /// The child could not change to its working directory.
        public static let cannotEnterDirectory = Code(description: "cannot enter directory")
        /// A descriptor for the child is not open, or there are too many open descriptors.
        public static let descriptors = Code(description: "descriptors")
        /// The system could not provide a pseudo-terminal.
        public static let terminal = Code(description: "terminal")
        /// The reactor has shut down, so nothing would watch the child.
        public static let reactorHasShutDown = Code(description: "reactor has shut down")
        /// The system could not create a process, or another step of the preparation failed.
        public static let system = Code(description: "system")
    }

    /// The kind of the failure.
    public var code: Code
    /// The error number of the system call, or 0 for an invalid request or a reactor that has
    /// shut down.
    public var errno: Int32
    /// The step that failed, as a verb phrase that follows "Cannot", for example "execute".
    public var step: String
    /// The object of the step, for example the program, the directory or a descriptor.
    public var subject: String

    /// Makes an error, for a test or for a reactor that is not part of this package.
    public init(code: Code, errno: Int32, step: String, subject: String) {
        self.code = code
        self.errno = errno
        self.step = step
        self.subject = subject
    }

    /// A full sentence that says which step failed and why.
    public var description: String {
        let reason = self.errno == 0 ? self.subject : "\(self.subject): \(errorText(self.errno))"
        let sentence = "Cannot \(self.step) \(reason)."
        return self.advice.map { "\(sentence) \($0)" } ?? sentence
    }

    /// A sentence that says what to do, or `nil` if the error speaks for itself.
    private var advice: String? {
        switch (self.code, self.errno) {
        case (.terminal, ENOSPC):
            "All terminals are in use. Raise the limit (sysctl kernel.pty.max)."
        case (.terminal, ENOENT), (.terminal, ENODEV), (.terminal, ENXIO), (.terminal, EIO):
            "Mount the terminals (mount -t devpts devpts /dev/pts) and create /dev/ptmx "
                + "(ln -s pts/ptmx /dev/ptmx)."
        default: nil
        }
    }
}

extension SpawnError {
    /// Returns the error for an invalid request; `subject` names the invalid part.
    static func invalid(_ subject: String) -> SpawnError {
        SpawnError(
            code: .invalidRequest,
            errno: 0,
            step: "start a child with",
            subject: subject
        )
    }

    /// Returns the error for a pseudo-terminal that could not be opened.
    static func noTerminal(_ error: SystemError) -> SpawnError {
        SpawnError(
            code: [EMFILE, ENFILE].contains(error.errno) ? .descriptors : .terminal,
            errno: error.errno,
            step: "open",
            subject: "a pseudo-terminal (/dev/ptmx)"
        )
    }

    /// Returns the error for a request to a reactor that has shut down.
    package static func reactorHasShutDown(_ request: SpawnRequest) -> SpawnError {
        SpawnError(
            code: .reactorHasShutDown,
            errno: 0,
            step: "start",
            subject: "\(request.executable), because the reactor has shut down"
        )
    }

    /// Makes the error for a failed step (`cspawn_step`) of the child's preparation.
    init(failed request: SpawnRequest, step: Int32, errno: Int32) {
        let failure = Self.failure(of: UInt32(bitPattern: step), request, errno)
        self.init(code: failure.0, errno: errno, step: failure.step, subject: failure.subject)
    }

    private static func failure(
        of step: UInt32,
        _ request: SpawnRequest,
        _ errno: Int32
    ) -> (Code, step: String, subject: String) {
        let program = request.executable
        switch step {
        case CSPAWN_STEP_EXEC.rawValue:
            let subject = ExecFailure.subject(of: request, errno: errno)
            return (.cannotExecute, "execute", subject)
        case CSPAWN_STEP_DIRECTORY.rawValue:
            return (.cannotEnterDirectory, "enter the directory", request.workingDirectory ?? ".")
        case CSPAWN_STEP_DESCRIPTORS.rawValue:
            return (.descriptors, "pass the descriptors to", program)
        case CSPAWN_STEP_TERMINAL.rawValue:
            return (.terminal, "set the controlling terminal of", program)
        case CSPAWN_STEP_SIGNALS.rawValue:
            return (.system, "reset the signals of", program)
        case CSPAWN_STEP_SESSION.rawValue, CSPAWN_STEP_GROUP.rawValue:
            return (.system, "create a process group for", program)
        case CSPAWN_STEP_DEATH_SIGNAL.rawValue:
            return (.system, "set the parent death signal of", program)
        default:
            return (.system, "create a process for", program)
        }
    }
}
