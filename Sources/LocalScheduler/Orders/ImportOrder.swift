// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// What somebody wants to have run: a command, or an import.
public struct ImportOrder: Sendable, Hashable {
    /// What kind of thing it is.
    public var kind: ImportKind
    /// The worker's arguments, or the command itself.
    public var arguments: [String]
    /// What is imported; nil if that means nothing.
    public var url: String?
    /// Where it is imported to; nil if that means nothing.
    public var destination: String?
    /// The time from one start to the next; nil: one job, and no other after its end.
    ///
    /// Negative is taken for zero: the next job is due as soon as one has ended.
    public var interval: Duration?
    /// Whether somebody waits for it: such jobs come before those that are only due.
    public var requestedByUser = true

    /// An order for one run of a command, or for one each `interval`.
    ///
    /// Each order makes an import of its own, also for a command that has been ordered before.
    public static func command(_ arguments: [String], every interval: Duration? = nil) -> Self {
        Self(kind: .command, arguments: arguments, interval: interval)
    }

    /// An order for an import from Git.
    ///
    /// `url` and `destination` say which one: an order for the same two again is about the same
    /// import, which gets the newer arguments and interval.
    public static func git(
        url: String,
        into destination: String?,
        arguments: [String],
        every interval: Duration?
    ) -> Self {
        Self(
            kind: .git,
            arguments: arguments,
            url: url,
            destination: destination,
            interval: interval
        )
    }

    /// The interval as the store keeps it.
    var intervalMicroseconds: Int64? {
        self.interval.map { max(0, $0.nanoseconds / 1_000) }
    }
}
