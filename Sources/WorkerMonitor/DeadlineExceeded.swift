// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A job ran for longer than it was allowed to in all.
public struct DeadlineExceeded: Error, Sendable, Hashable, CustomStringConvertible {
    /// How long it was allowed to run.
    public var deadline: Duration

    /// Makes the error.
    public init(deadline: Duration) {
        self.deadline = deadline
    }

    /// A full sentence.
    public var description: String {
        "The job ran for longer than its deadline of \(self.deadline)."
    }
}
