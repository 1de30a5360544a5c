// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// A process ended otherwise than with exit code 0.
public struct ProcessTerminated: Error, Sendable, Hashable, CustomStringConvertible {
    /// How it ended.
    public var exit: ProcessExit

    /// Makes the error.
    public init(exit: ProcessExit) {
        self.exit = exit
    }

    /// A full sentence.
    public var description: String { "The process \(self.exit)." }
}
