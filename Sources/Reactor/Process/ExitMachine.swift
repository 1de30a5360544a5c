// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Decides when a process is over and what is done to its group until then.
///
/// Pure: events in, actions out, no clock and no kernel. The real and the fake transport both drive
/// it, so a policy means the same in tests as in production. Times are nanoseconds of the reactor's
/// clock.
package struct ExitMachine {
    /// Where the process is in its end.
    private enum State {
        /// It has not exited.
        case alive
        /// It has exited; others have the policy's time.
        case waiting
        /// The rest of its group was asked to end.
        case terminating
        /// The rest of its group got SIGKILL.
        case killing
        /// All is said.
        case over
    }

    /// What can happen.
    package enum Event {
        case leaderExited
        case streamsClosed
        case groupEmpty
        /// The time that the last `wait` allowed has passed.
        case timeIsUp
        /// The owner sent a signal to the group.
        case ownerSignalled(Signal)
        /// The owner gives the process up.
        case givenUp
    }

    /// What is to be done.
    package enum Action: Equatable {
        /// Wait this long from now, then report `timeIsUp`; nil: as long as it takes. Replaces the
        /// last wait.
        case wait(Int64?)
        /// Look from now on whether the group is empty.
        case watchGroup
        case signalGroup(Signal)
        /// Close what is open and tell the protocol.
        case end
    }

    private let policy: ExitPolicy
    /// Whether the child has a group of its own, which can be looked at and signalled.
    private let hasGroup: Bool
    private var state = State.alive
    private var streamsAreClosed = false
    private var groupIsEmpty = false
    /// When the owner first signalled the group.
    private var ownerSignalledAt: Int64?
    private var ownerSentKill = false

    package init(policy: ExitPolicy, hasGroup: Bool) {
        self.policy = policy
        self.hasGroup = hasGroup
    }

    /// Whether the state of the group matters at the leader's exit; if not, nobody needs to ask the
    /// kernel.
    package var caresForGroup: Bool {
        self.termination != nil
            || (self.hasGroup && self.drainTime ?? 0 > 0 && !self.streamsAreClosed)
    }

    /// Takes an event at time `now` and says what follows from it.
    package mutating func handle(_ event: Event, at now: Int64) -> [Action] {
        switch event {
        case .streamsClosed: self.streamsAreClosed = true
        case .groupEmpty: self.groupIsEmpty = true
        case .ownerSignalled(let signal): return self.ownerSignalled(signal, at: now)
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

    /// The stages for the rest of the group, if there are any and there is a group.
    private var termination: GroupTermination? { self.hasGroup ? self.policy.termination : nil }

    private var drainTime: Int64? {
        switch self.policy.wait {
        case .notAtAll: 0
        case .upTo(let duration): max(0, duration.nanoseconds)
        case .untilStreamsClose: nil
        }
    }

    private var isDone: Bool {
        if self.termination != nil { return self.groupIsEmpty }
        if case .untilStreamsClose = self.policy.wait { return self.streamsAreClosed }
        return self.streamsAreClosed || (self.hasGroup && self.groupIsEmpty)
    }

    private mutating func leaderExited(at now: Int64) -> [Action] {
        self.state = .waiting
        if self.isDone { return self.end() }
        let time = self.drainTime
        if time == 0 { return self.waitingIsOver(at: now) }
        return [.wait(time)] + (self.caresForGroup ? [.watchGroup] : [])
    }

    private mutating func waitingIsOver(at now: Int64) -> [Action] {
        guard let termination = self.termination else { return self.end() }
        if self.ownerSentKill { return self.killed() }
        self.state = .terminating
        guard let since = self.ownerSignalledAt else {
            let grace = termination.grace.nanoseconds
            return [.signalGroup(termination.firstSignal), .wait(grace), .watchGroup]
        }
        // The owner has asked them already, and they keep the time that the owner gives.
        let until = since.addingSaturated(termination.graceAfterOwnersSignal.nanoseconds)
        return [.wait(max(0, until &- now)), .watchGroup]
    }

    private mutating func killed() -> [Action] {
        self.state = .killing
        return [.wait(self.termination?.giveUp.nanoseconds ?? 0), .watchGroup]
    }

    private mutating func ownerSignalled(_ signal: Signal, at now: Int64) -> [Action] {
        guard signal.asksToEnd else { return [] }
        self.ownerSignalledAt = self.ownerSignalledAt ?? now
        guard signal == .kill else { return [] }
        self.ownerSentKill = true
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

    /// Made once, since every process needs it once.
    private static let onlyEnd: [Action] = [.end]
}
