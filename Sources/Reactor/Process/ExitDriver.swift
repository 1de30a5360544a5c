// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Carries out what the ``ExitMachine`` of one process decides: its waits, its looks at the group.
package final class ExitDriver {
    // Confined to the reactor's thread, and each access to these is done before anybody is called.
    @exclusivity(unchecked) private var machine: ExitMachine
    private let queue: DelayedCallQueue
    // The process owns this object; it is alive whenever it, or one of the calls below, runs.
    private unowned let process: any ExitDriverDelegate
    @exclusivity(unchecked) private var wait: DelayedCall?
    @exclusivity(unchecked) private var poll: DelayedCall?
    @exclusivity(unchecked) private var giveUpReport: DelayedCall?
    /// Nanoseconds between two looks at the group; doubles up to the longest.
    private var pollInterval = ExitDriver.shortestPollInterval

    private static let shortestPollInterval: Int64 = 1_000_000
    private static let longestPollInterval: Int64 = 50_000_000
    /// From this interval on a look tells zombies apart.
    ///
    /// Orphans of a container whose first process reaps late are zombies for a second or more; a
    /// scan costs a millisecond for a thousand processes.
    private static let thoroughPollInterval: Int64 = 8_000_000

    package init(
        _ process: any ExitDriverDelegate,
        policy: ExitPolicy,
        hasGroup: Bool,
        queue: DelayedCallQueue
    ) {
        self.machine = ExitMachine(policy: policy, hasGroup: hasGroup)
        self.process = process
        self.queue = queue
    }

    /// The process has exited and what it wrote has been read.
    package func leaderExited() {
        // Asked before the exit is told, so that a lone process ends in this turn.
        if self.machine.caresForGroup, self.process.isGroupEmpty(thoroughly: false) {
            _ = self.machine.handle(.groupEmpty, at: self.queue.now)
        }
        self.report(.leaderExited)
    }

    /// Every stream that the child could write to is at its end.
    package func streamsClosed() { self.report(.streamsClosed) }

    /// The owner of the process sent `signal` to the group.
    package func ownerSignalled(_ signal: Signal) { self.report(.ownerSignalled(signal)) }

    /// The owner gives the process up; told in a later turn, and not before the protocol is
    /// connected.
    package func givenUp() {
        guard self.giveUpReport == nil else { return }
        self.giveUpReport = self.queue.schedule(after: 0) { [weak self] in self?.report(.givenUp) }
    }

    /// Cancels what waits; nothing more is decided.
    package func cancel() {
        self.wait?.cancel()
        self.wait = nil
        self.poll?.cancel()
        self.poll = nil
        self.giveUpReport?.cancel()
    }

    private func report(_ event: ExitMachine.Event) {
        for action in self.machine.handle(event, at: self.queue.now) { self.perform(action) }
    }

    private func perform(_ action: ExitMachine.Action) {
        switch action {
        case .wait(let nanoseconds):
            self.wait?.cancel()
            self.wait = nanoseconds.map { time in
                self.queue.schedule(after: time) { [unowned self] in self.timeIsUp() }
            }
        case .watchGroup:
            self.pollInterval = Self.shortestPollInterval
            if self.poll == nil { self.schedulePoll() }
        case .signalGroup(let signal):
            self.process.signalGroupForPolicy(signal)
        case .end:
            self.cancel()
            self.process.end()
        }
    }

    private func timeIsUp() {
        self.wait = nil
        // The last thing before a step is taken: a group of zombies is an empty one.
        if self.poll != nil, self.process.isGroupEmpty(thoroughly: true) {
            return self.report(.groupEmpty)
        }
        self.report(.timeIsUp)
    }

    private func schedulePoll() {
        self.poll = self.queue.schedule(after: self.pollInterval) { [unowned self] in
            self.poll = nil
            self.pollGroup()
        }
    }

    private func pollGroup() {
        let thoroughly = self.pollInterval >= Self.thoroughPollInterval
        if self.process.isGroupEmpty(thoroughly: thoroughly) { return self.report(.groupEmpty) }
        self.pollInterval = min(self.pollInterval * 2, Self.longestPollInterval)
        self.schedulePoll()
    }
}
