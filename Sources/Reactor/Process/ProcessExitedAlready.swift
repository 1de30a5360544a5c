// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The process is gone: there is nothing to signal.
public struct ProcessExitedAlready: Error, Sendable, Hashable, CustomStringConvertible {
    /// Makes the error.
    public init() {}

    /// A full sentence.
    public var description: String { "The process has exited already." }
}
