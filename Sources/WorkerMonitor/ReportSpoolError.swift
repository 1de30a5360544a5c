// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// A report could not be kept.
public struct ReportSpoolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file that it was to be in, or the folder that could not be made.
    public let path: String

    /// The system's error number.
    public let errno: Int32

    /// Makes an error.
    public init(path: String, errno: Int32) {
        self.path = path
        self.errno = errno
    }

    /// What happened, to which file, why, and what can be done about it, in whole sentences.
    public var description: String {
        "The report cannot be kept in \(self.path): \(errorText(self.errno)). \(self.advice)"
    }

    private var advice: String {
        switch self.errno {
        case ENOSPC, EDQUOT: "Make some room there for the next one; this one is only printed."
        default: "See to it that this user can write there; this report is only printed."
        }
    }
}
