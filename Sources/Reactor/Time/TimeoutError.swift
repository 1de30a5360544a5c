// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The error of an operation that took longer than its time limit.
public struct TimeoutError: Error, Hashable, CustomStringConvertible {
    /// The time limit of the operation.
    public var duration: Duration
    /// The operation or event that took too long, which ends the sentence of ``description``.
    public var what: String
    /// The processes that were ended because of the timeout and are still alive, usually none.
    public var survivors: [ProcessSurvivor] = []

    /// Creates an error that says that `what` did not happen within `duration`.
    public init(after duration: Duration, _ what: String) {
        self.duration = duration
        self.what = what
    }

    /// A sentence such as "Timed out after 5.0 seconds: the result of a query." for the log.
    ///
    /// A second sentence names the survivors, if there are any.
    public var description: String {
        "Timed out after \(self.duration): \(self.what).\(self.survivors.sentence)"
    }
}
