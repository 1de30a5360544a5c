// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What a deferred fails with when it is cancelled and its canceller did not say otherwise.
public struct CancelledError: Error, Hashable, CustomStringConvertible {
    /// Makes the error.
    public init() {}

    /// A sentence for the log.
    public var description: String { "The operation was cancelled before it had a result." }
}
