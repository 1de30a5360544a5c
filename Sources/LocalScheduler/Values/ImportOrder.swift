// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import Reactor

/// An order to run a command or an import.
public struct ImportOrder: Sendable, Hashable {
    /// The kind of source.
    public var kind: ImportKind
    /// The arguments of the worker, or the command itself.
    public var arguments: [String]
    /// The URL of the source, or `nil` for a command.
    public var url: String?
    /// The path of the target, or `nil` for a command.
    public var destination: String?
    /// The time from one start to the next, or `nil` if no further job follows after a result.
    ///
    /// A negative interval counts as zero: the next job is due as soon as one has finished.
    public var interval: Duration?
    /// Whether a user is waiting for the job.
    ///
    /// Such jobs are claimed before all others.
    public var requestedByUser = true

    /// Returns an order for one run of a command, or for one run in each `interval`.
    ///
    /// Each order creates a new import, even if the same command was ordered before.
    public static func command(_ arguments: [String], every interval: Duration? = nil) -> Self {
        Self(kind: .command, arguments: arguments, interval: interval)
    }

    /// Returns an order for an import of a Git repository.
    ///
    /// `url` and `destination` identify the import. Another order with the same `url` and
    /// `destination` updates the URL, the arguments and the interval of the existing import. URLs
    /// are the same if they differ only in their login, the case of the scheme and the host, the
    /// port of the scheme, or slashes at the end.
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

    /// The interval in the unit of the store.
    var intervalMicroseconds: Int64? {
        self.interval.map { max(0, $0.nanoseconds / 1_000) }
    }
}

#endif
