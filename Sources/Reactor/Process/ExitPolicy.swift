// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// When a process counts as ended, once it has exited.
///
/// Its own output needs no waiting: one read until nothing is left, after the exit, gets all of it.
/// A policy is about *others* that still have its streams open, and about what it left behind in
/// its group.
public struct ExitPolicy: Sendable, Hashable {
    /// How long others are waited for.
    package enum Wait: Sendable, Hashable {
        case notAtAll
        case upTo(Duration)
        case untilStreamsClose
    }

    package var wait: Wait
    package var termination: GroupTermination?

    /// Ends with the process itself.
    ///
    /// Same as `.drain(.zero)`.
    public static let leader = ExitPolicy(wait: .notAtAll, termination: nil)

    /// Waits until every stream is at its end; what Twisted does.
    ///
    /// A daemon that keeps one open makes it wait for ever.
    public static let allWritersClosed = ExitPolicy(wait: .untilStreamsClose, termination: nil)

    /// Waits until every stream is at its end, or the group is empty, or `duration` is over.
    ///
    /// With a `termination` the end also waits for the *group* to be empty, and when `duration` is
    /// over the rest of it is terminated in stages.
    public static func drain(
        _ duration: Duration,
        thenTerminate termination: GroupTermination? = nil
    ) -> ExitPolicy {
        ExitPolicy(wait: .upTo(duration), termination: termination)
    }
}
