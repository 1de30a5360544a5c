// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The rule for when a child process that has exited counts as ended.
///
/// Under each policy the reactor delivers all output of the child itself: after the exit it reads
/// each stream until the stream is empty. A policy only decides how the reactor treats *other*
/// processes: how long it waits for the processes that still have the child's streams open, and
/// whether it terminates the rest of the process group.
public struct ExitPolicy: Sendable, Hashable {
    /// How long the reactor waits after the exit.
    package enum Wait: Sendable, Hashable {
        case notAtAll
        case upTo(Duration)
        case untilStreamsClose
    }

    package var wait: Wait
    package var termination: GroupTermination?
    /// Whether a child whose group is being terminated by its protocol ends with the group.
    package var followsProtocol = false

    /// The process counts as ended when the child exits, or, if its protocol is ending it, when the
    /// whole process group is empty.
    ///
    /// This is the default of a request. A child that exits by itself ends as with ``leader``, and
    /// the other members of its group are left alone. If the protocol of the child terminates the
    /// group, it calls ``ProcessTransport/waitForGroup()`` first, as the two-stage classes of the
    /// library `Protocols` do. The child then counts as ended when its group is empty, or when the
    /// protocol calls ``ProcessTransport/giveUp()`` because some members survive SIGKILL.
    public static let automatic = ExitPolicy(
        wait: .notAtAll,
        termination: nil,
        followsProtocol: true
    )

    /// The process counts as ended when the child exits; this is the same as `.drain(.zero)`.
    ///
    /// This holds even if the protocol terminates the group, whose other members may still be alive
    /// at that time.
    public static let leader = ExitPolicy(wait: .notAtAll, termination: nil)

    /// The process counts as ended when every stream is closed, as in Twisted.
    ///
    /// A daemon that the child has started and that keeps a stream open delays the end forever.
    public static let allWritersClosed = ExitPolicy(wait: .untilStreamsClose, termination: nil)

    /// The process counts as ended when every stream is closed, or the group is empty, or
    /// `duration` has passed since the exit.
    ///
    /// With a `termination`, the reactor waits until the *group* is empty, even if all streams are
    /// closed. When `duration` has passed, the reactor terminates the rest of the group.
    public static func drain(
        _ duration: Duration,
        thenTerminate termination: GroupTermination? = nil
    ) -> ExitPolicy {
        ExitPolicy(wait: .upTo(duration), termination: termination)
    }
}

/// The two stages that terminate the rest of a process group after its leader has exited.
///
/// The reactor sends a first signal, waits, sends SIGKILL, and waits again. If some
/// members are still alive after the second wait, the reactor gives up and lists these
/// members in ``ProcessEnd/survivors``.
public struct GroupTermination: Sendable, Hashable {
    /// The signal of the first stage; the default is SIGTERM.
    ///
    /// The default is not SIGINT, because shells start background jobs with SIGINT ignored.
    public var firstSignal: Signal
    /// The time between the first signal and SIGKILL.
    public var grace: Duration
    /// The time between a signal from the owner and SIGKILL.
    ///
    /// This time replaces `grace` if the owner of the process has already sent the group a signal
    /// that requests termination. The policy then does not send `firstSignal`, and the time counts
    /// from the owner's signal.
    public var graceAfterOwnersSignal: Duration
    /// The time between SIGKILL and the moment at which the reactor gives up the group.
    public var giveUp: Duration

    /// Makes a termination from the first signal and the lengths of the waits.
    public init(
        firstSignal: Signal = .terminate,
        grace: Duration = .seconds(1),
        graceAfterOwnersSignal: Duration = .seconds(5),
        giveUp: Duration = .seconds(5)
    ) {
        self.firstSignal = firstSignal
        self.grace = grace
        self.graceAfterOwnersSignal = graceAfterOwnersSignal
        self.giveUp = giveUp
    }
}
