// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// How the rest of a group is ended after its leader: a first signal, a wait, SIGKILL, a last wait.
public struct GroupTermination: Sendable, Hashable {
    /// What is sent first.
    ///
    /// SIGTERM rather than SIGINT: shells start background jobs with SIGINT ignored.
    public var firstSignal: Signal
    /// How long the group may take after the first signal before it gets SIGKILL.
    public var grace: Duration
    /// The same, counted from a signal that the owner of the process sent to the group itself
    /// before; the first signal is then not sent.
    public var graceAfterOwnersSignal: Duration
    /// How long after SIGKILL the group is waited for before it is given up and its survivors are
    /// named.
    public var giveUp: Duration

    /// Makes a termination.
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
