// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Something took longer than it was given.
public struct TimeoutError: Error, Hashable, CustomStringConvertible {
    /// How long it was given.
    public var duration: Duration
    /// What took too long, as a phrase that ends the sentence of ``description``.
    public var what: String

    /// Makes the error.
    public init(after duration: Duration, _ what: String) {
        self.duration = duration
        self.what = what
    }

    /// A sentence for the log.
    public var description: String { "Timed out after \(self.duration): \(self.what)." }
}
