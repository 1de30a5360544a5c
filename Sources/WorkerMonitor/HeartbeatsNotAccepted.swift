// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The scheduler accepted no heartbeat for so long that it could have given the job to somebody
/// else.
public struct HeartbeatsNotAccepted: Error, Sendable, CustomStringConvertible {
    /// How old the last accepted heartbeat was.
    public var age: Duration
    /// Why the last one was not accepted; nil: it had no answer.
    public var lastError: (any Error)?

    /// Makes the error.
    public init(age: Duration, lastError: (any Error)?) {
        self.age = age
        self.lastError = lastError
    }

    /// A full sentence.
    public var description: String {
        let reason = self.lastError.map { " The last one failed: \($0)" } ?? ""
        return "The scheduler has accepted no heartbeat for \(self.age).\(reason)"
    }
}
