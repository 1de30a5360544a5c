// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The state machine that decides when a child process counts as ended.
///
/// The machine also decides which signals the process group gets until then. The machine is pure:
/// it takes events, returns actions, and reads neither a clock nor the kernel's state. The real
/// transport and the fake transport both use it, so an exit policy has the same effect in tests and
/// in production. All times are nanoseconds of the reactor's clock.
package struct ExitMachine {
    /// The progress of the process towards its end.
    private enum State {
        /// The child has not exited.
        case alive
        /// The child has exited, and the time that the policy allows has not passed.
        case waiting
        /// The rest of the group got the first signal or, instead of it, a signal from the owner.
        case terminating
        /// The rest of the group got SIGKILL.
        case killing
        /// The machine has returned `end`.
        case over
    }

    /// A fact that the driver reports.
    package enum Event {
        /// The child has exited, and its own output has been read.
        case leaderExited
        /// Every stream that the reactor reads from is closed.
        case streamsClosed
        /// The process group has no live members.
        case groupEmpty
        /// The time of the last `wait` action has passed.
        case timeIsUp
        /// The owner of the process sent a signal to the group.
        case ownerSignaled(Signal)
        /// The owner of the process has called ``ProcessTransport/waitForGroup()``.
        case ownerEndsGroup
        /// The owner of the process has called ``ProcessTransport/giveUp()``.
        case givenUp
    }

    /// An instruction to the driver.
    package enum Action: Equatable {
        /// Report `timeIsUp` after this many nanoseconds, or never if `nil`.
        ///
        /// The new wait replaces the previous wait.
        case wait(Int64?)
        /// Poll the process group from now on, and report `groupEmpty` once the group is empty.
        case watchGroup
        /// Send a signal to the group.
        case signalGroup(Signal)
        /// Close all streams and call ``ProcessProtocol/processEnded(_:)``.
        case end
    }

    private let policy: ExitPolicy
    /// Whether the child leads its own process group, which the reactor can poll and signal.
    private let hasGroup: Bool
    private var state = State.alive
    private var streamsAreClosed = false
    private var groupIsEmpty = false
    /// The time of the owner's first signal to the group that requests termination.
    private var ownerSignaledAt: Int64?
    private var ownerSentKill = false
    /// Whether the owner terminates the group by itself, and the policy lets the end wait for it.
    private var ownerEndsGroup = false

    package init(policy: ExitPolicy, hasGroup: Bool) {
        self.policy = policy
        self.hasGroup = hasGroup
    }

    /// Whether the decision at the leader's exit depends on the state of the group.
    ///
    /// If the decision does not depend on the group, the driver skips the system call that tests
    /// the group.
    package var dependsOnGroup: Bool {
        self.termination != nil || self.ownerEndsGroup
            || (self.hasGroup && self.drainTime ?? 0 > 0 && !self.streamsAreClosed)
    }

    /// Handles an event at time `now` and returns the actions to perform, in order.
    package mutating func handle(_ event: Event, at now: Int64) -> [Action] {
        switch event {
        case .streamsClosed: self.streamsAreClosed = true
        case .groupEmpty: self.groupIsEmpty = true
        case .ownerSignaled(let signal): return self.ownerSignaled(signal, at: now)
        case .ownerEndsGroup:
            self.ownerEndsGroup = self.hasGroup && self.policy.followsProtocol
            return []
        case .leaderExited, .timeIsUp, .givenUp: break
        }
        switch (self.state, event) {
        case (.over, _): return []
        case (_, .givenUp): return self.end()
        case (.alive, .leaderExited): return self.leaderExited(at: now)
        case (.alive, _): return []
        case (.waiting, .timeIsUp): return self.waitingIsOver(at: now)
        case (.waiting, _): return self.isDone ? self.end() : []
        case (.terminating, .groupEmpty), (.killing, .groupEmpty), (.killing, .timeIsUp):
            return self.end()
        case (.terminating, .timeIsUp): return [.signalGroup(.kill)] + self.killed()
        case (.terminating, _), (.killing, _): return []
        }
    }

    // MARK: - Parts of the decision

    /// The stages that terminate the rest of the group, or `nil` if the policy has no stages or the
    /// child has no group.
    private var termination: GroupTermination? { self.hasGroup ? self.policy.termination : nil }

    /// The length of the wait after the exit, or `nil` if the wait has no limit.
    private var drainTime: Int64? {
        switch self.policy.wait {
        case .notAtAll: 0
        case .upTo(let duration): max(0, duration.nanoseconds)
        case .untilStreamsClose: nil
        }
    }

    /// Whether everything that the policy waits for has happened.
    private var isDone: Bool {
        if self.termination != nil || self.ownerEndsGroup { return self.groupIsEmpty }
        if case .untilStreamsClose = self.policy.wait { return self.streamsAreClosed }
        return self.streamsAreClosed || (self.hasGroup && self.groupIsEmpty)
    }

    private mutating func leaderExited(at now: Int64) -> [Action] {
        self.state = .waiting
        if self.isDone { return self.end() }
        if self.ownerEndsGroup { return [.watchGroup] }
        let time = self.drainTime
        if time == 0 { return self.waitingIsOver(at: now) }
        return [.wait(time)] + (self.dependsOnGroup ? [.watchGroup] : [])
    }

    private mutating func waitingIsOver(at now: Int64) -> [Action] {
        guard let termination = self.termination else { return self.end() }
        if self.ownerSentKill { return self.killed() }
        self.state = .terminating
        guard let since = self.ownerSignaledAt else {
            let grace = termination.grace.nanoseconds
            return [.signalGroup(termination.firstSignal), .wait(grace), .watchGroup]
        }
        // The owner has already sent the group a signal that requests termination. The members get
        // the rest of the time that the policy allows after such a signal.
        let until = since.addingSaturated(termination.graceAfterOwnersSignal.nanoseconds)
        return [.wait(max(0, until &- now)), .watchGroup]
    }

    private mutating func killed() -> [Action] {
        self.state = .killing
        return [.wait(self.termination?.giveUp.nanoseconds ?? 0), .watchGroup]
    }

    private mutating func ownerSignaled(_ signal: Signal, at now: Int64) -> [Action] {
        guard signal.isMeantToTerminate else { return [] }
        self.ownerSignaledAt = self.ownerSignaledAt ?? now
        guard signal == .kill else { return [] }
        self.ownerSentKill = true
        // The members die soon, so the driver polls the group at its shortest interval again.
        if self.ownerEndsGroup, self.state == .waiting { return [.watchGroup] }
        guard self.termination != nil else { return [] }
        switch self.state {
        case .waiting, .terminating: return self.killed()
        case .alive, .killing, .over: return []
        }
    }

    private mutating func end() -> [Action] {
        self.state = .over
        return Self.onlyEnd
    }

    /// A shared array, which saves an allocation for each process.
    private static let onlyEnd: [Action] = [.end]
}
