// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// How a process ended; a value, never an error.
public enum ProcessExit: Sendable, Hashable, CustomStringConvertible {
    /// It ended by itself, with this code (0 to 255).
    case exited(code: Int32)

    /// A signal ended it.
    case signaled(Signal, coreDumped: Bool)

    /// It is gone, but nobody can say how: a stranger reaped it on a kernel that does not remember,
    /// or it was given up because it did not even die of SIGKILL.
    case unknown

    /// Whether it ended by itself with code 0.
    public var isSuccess: Bool { self == .exited(code: 0) }

    /// The exit code, if it ended by itself.
    public var code: Int32? {
        if case .exited(let code) = self { code } else { nil }
    }

    /// The signal that ended it, if one did.
    public var signal: Signal? {
        if case .signaled(let signal, _) = self { signal } else { nil }
    }

    /// For example "exited with code 3" or "was ended by SIGKILL".
    public var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signaled(let signal, let dumped):
            "was ended by \(signal)\(dumped ? " (core dumped)" : "")"
        case .unknown: "ended in a way that is not known"
        }
    }
}
