// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The operations that an ``ExitDriver`` needs from a transport, whether real or fake.
package protocol ExitDriverDelegate: AnyObject {
    /// Returns whether the process group has no live members.
    ///
    /// If `thoroughly` is `false`, a group that consists of zombies may count as not empty. If
    /// `thoroughly` is `true`, the delegate scans all processes of the system to distinguish
    /// zombies from live members.
    func isGroupEmpty(thoroughly: Bool) -> Bool

    /// Sends a signal to the group on behalf of the exit policy, and records the signal
    /// for ``ProcessEnd/signalsToGroup``.
    func signalGroupForPolicy(_ signal: Signal)

    /// Closes all streams and calls ``ProcessProtocol/processEnded(_:)``.
    func end()
}

/// Runs the ``ExitMachine`` of one process: schedules its waits, polls the group, sends
/// its signals.
package final class ExitDriver {
    /// The mutable state of a driver.
    private struct State: ~Copyable {
        var machine: ExitMachine
        var wait: DelayedCall?
        var poll: DelayedCall?
        var giveUpReport: DelayedCall?
        /// The nanoseconds until the next poll of the group; doubles up to the longest interval.
        var pollInterval = ExitDriver.shortestPollInterval
    }

    private let queue: DelayedCallQueue
    // The process owns this driver, so the process is alive whenever a method or a delayed call of
    // the driver runs.
    private unowned let process: any ExitDriverDelegate
    // Only the reactor's thread accesses the state. Each access is a load, a store, or a call of
    // `ExitMachine.handle`, `schedule` or `cancel`; none of these calls back into this object. So
    // no two accesses overlap, and the run-time check is unnecessary.
    @exclusivity(unchecked) private var state: State

    private static let shortestPollInterval: Int64 = 1_000_000
    private static let longestPollInterval: Int64 = 50_000_000
    /// The smallest poll interval, in nanoseconds, at which a poll distinguishes zombies from
    /// live members.
    ///
    /// In a container whose first process is slow to reap, orphans stay zombies for a second or
    /// longer. The scan that finds zombies costs a millisecond for each thousand processes, so
    /// polls at shorter intervals omit the scan.
    private static let thoroughPollInterval: Int64 = 8_000_000

    package init(
        _ process: any ExitDriverDelegate,
        policy: ExitPolicy,
        hasGroup: Bool,
        queue: DelayedCallQueue
    ) {
        self.state = State(machine: ExitMachine(policy: policy, hasGroup: hasGroup))
        self.process = process
        self.queue = queue
    }

    /// Reports that the process has exited and that its own output has been read.
    package func leaderExited() {
        // The group is tested before the exit is reported, so that a process that was alone in its
        // group ends in this turn.
        if self.state.machine.dependsOnGroup, self.process.isGroupEmpty(thoroughly: false) {
            _ = self.state.machine.handle(.groupEmpty, at: self.queue.now)
        }
        self.report(.leaderExited)
    }

    /// Reports that every stream that the reactor reads from is closed.
    package func streamsClosed() { self.report(.streamsClosed) }

    /// Reports that the owner of the process sent `signal` to the group.
    package func ownerSignaled(_ signal: Signal) { self.report(.ownerSignaled(signal)) }

    /// Reports that the owner of the process terminates the group by itself.
    package func ownerEndsGroup() { self.report(.ownerEndsGroup) }

    /// Gives the process up in a later turn.
    ///
    /// The delay makes sure that the protocol is connected before its `processEnded` is called.
    package func giveUp() {
        guard self.state.giveUpReport == nil else { return }
        self.state.giveUpReport = self.queue.schedule(after: 0) { [weak self] in
            self?.report(.givenUp)
        }
    }

    /// Cancels all delayed calls; the driver makes no more decisions.
    package func cancel() {
        self.state.wait?.cancel()
        self.state.wait = nil
        self.state.poll?.cancel()
        self.state.poll = nil
        self.state.giveUpReport?.cancel()
    }

    private func report(_ event: ExitMachine.Event) {
        let actions = self.state.machine.handle(event, at: self.queue.now)
        for action in actions { self.perform(action) }
    }

    private func perform(_ action: ExitMachine.Action) {
        switch action {
        case .wait(let nanoseconds):
            self.state.wait?.cancel()
            self.state.wait = nanoseconds.map { time in
                self.queue.schedule(after: time) { [unowned self] in self.timeIsUp() }
            }
        case .watchGroup:
            self.state.pollInterval = Self.shortestPollInterval
            if self.state.poll == nil { self.schedulePoll() }
        case .signalGroup(let signal):
            self.process.signalGroupForPolicy(signal)
        case .end:
            self.cancel()
            self.process.end()
        }
    }

    private func timeIsUp() {
        self.state.wait = nil
        // A group that consists of zombies counts as empty here, because it needs no signal.
        if self.state.poll != nil, self.process.isGroupEmpty(thoroughly: true) {
            return self.report(.groupEmpty)
        }
        self.report(.timeIsUp)
    }

    private func schedulePoll() {
        self.state.poll = self.queue.schedule(after: self.state.pollInterval) { [unowned self] in
            self.state.poll = nil
            self.pollGroup()
        }
    }

    private func pollGroup() {
        let thoroughly = self.state.pollInterval >= Self.thoroughPollInterval
        if self.process.isGroupEmpty(thoroughly: thoroughly) { return self.report(.groupEmpty) }
        self.state.pollInterval = min(self.state.pollInterval * 2, Self.longestPollInterval)
        self.schedulePoll()
    }
}
