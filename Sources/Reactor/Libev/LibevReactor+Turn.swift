// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

// The steps of a turn; the article "The loop" ("A turn") describes them under the same numbers. On
// a host's loop, `LoopHooks` calls all steps. If the reactor runs the loop itself, `LoopHooks`
// calls the steps 3, 4 and 6, and `run()` and `iterate(_:)` call the others.
extension LibevReactor {
    /// The lateness of a wait, in nanoseconds, above which the reactor assumes that the program was
    /// stopped during the wait.
    ///
    /// In a program that was not stopped, a wait is late by one or two milliseconds.
    private static let stopLateness: Int64 = 20_000_000

    /// Step 1: limits the wait to the deadline of the earliest delayed call.
    func beforeWait() {
        self.armTimer()
    }

    private func armTimer() {
        var wanted = self.state.newChildren.isEmpty ? self.queue.earliest : self.queue.now
        if let limit = self.state.turnLimit { wanted = min(limit, wanted ?? limit) }
        guard wanted != self.state.armedFor else { return }
        self.state.armedFor = wanted
        self.state.hooks?.arm(wanted.map { $0 &- self.queue.now })
    }

    /// Step 3: updates the time, once for the whole turn.
    func afterWait() {
        self.updateTime()
        guard self.loop.isBorrowed else { return }
        self.enterHostTurn()
        // The program that runs the loop may have started children between two turns.
        self.connectNewChildren()
    }

    /// Step 4: handles the messages from other threads.
    func drainMailbox() {
        self.handle.runMessages(
            stop: { self.stop() },
            deliver: { self.pendingResults.deliver($0, $1) }
        )
    }

    /// Step 6: runs the delayed calls that are due.
    ///
    /// A signal ends the wait (EINTR), and libev does not check the descriptors in that turn. This
    /// also happens when the program was stopped and is resumed by SIGCONT. An inactivity timer
    /// would then fire although a child has written output. The reactor therefore postpones the
    /// delayed calls by one turn, which checks the descriptors first and does not wait, so that no
    /// signal can interrupt it. On a host's loop the reactor does not know of the interruption;
    /// there a wait that ended much too late counts as interrupted.
    func timerFired() {
        let lateness = self.state.armedFor.map { self.queue.now &- $0 } ?? 0
        self.state.armedFor = nil
        // `iterate` runs exactly one turn, so it cannot postpone the calls.
        let isOld = self.state.wasInterrupted || lateness > Self.stopLateness
        if isOld, self.state.turnLimit == nil, !self.state.isCatchingUp {
            self.state.isCatchingUp = true
            return
        }
        self.state.isCatchingUp = false
        self.queue.runDue()
    }

    /// Step 7: connects the protocols of the children that were started in this turn.
    ///
    /// If a delayed call connected the protocols, that would take place one turn later, and the
    /// first output would be read after yet another turn. The protocols of children that are
    /// started during this step are connected at the end of the next turn.
    func connectNewChildren() {
        guard !self.state.newChildren.isEmpty else { return }
        let children = self.state.newChildren
        self.state.newChildren = []
        for child in children { child.connect() }
    }

    private func enterHostTurn() {
        self.state.isInTurn = true
        self.state.thread = cspawn_thread()
        self.hostScope = CurrentReactor.Scope.entered(self)
    }

    /// Performs the steps 7 and 8 on a host's loop.
    ///
    /// This method also arms the timer for the next turn, because libev ends the host's loop if no
    /// watcher is active that keeps it running.
    func hostTurnEnds() {
        self.connectNewChildren()
        self.lifecycle.stopIfAsked()
        self.leaveHostTurn()
        if self.lifecycle.isFinished { self.shutDown() } else { self.armTimer() }
    }

    /// Ends the turn on a host's loop; this has no effect outside of such a turn.
    func leaveHostTurn() {
        guard self.hostScope != nil else { return }
        self.state.isInTurn = false
        self.hostScope?.leave()
        self.hostScope = nil
    }
}
