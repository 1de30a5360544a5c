// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Reactor

/// The turns of a memory reactor, in which it handles events as a real reactor does.
extension MemoryReactor {
    /// Queues an event that a kernel would report.
    ///
    /// The reactor handles the event in the next turn, before the delayed calls.
    func report(_ event: @escaping () -> Void) { self.readyEvents.append(event) }

    /// Queues the call that connects a new child to its protocol.
    func reportNewChild(_ connect: @escaping () -> Void) { self.newChildren.append(connect) }

    private var isSomethingReady: Bool {
        !self.readyEvents.isEmpty || !self.newChildren.isEmpty || self.handle.hasMessages
            || self.watches.contains(where: \.isReady)
            || (self.queue.earliest.map { $0 <= self.queue.now } ?? false)
    }

    /// Runs one turn, whose wait moves the clock to the next deadline, but never beyond `limit`.
    ///
    /// - Parameter limit: A time of the clock in nanoseconds, or `nil` if there is no limit.
    func turn(atMost limit: Int64?) {
        if !self.isSomethingReady { self.moveToNextEvent(limit) }
        self.performTurn()
    }

    private func moveToNextEvent(_ limit: Int64?) {
        switch (self.queue.earliest, limit) {
        case (let next?, let limit?): self.queue.now = max(self.queue.now, min(next, limit))
        case (let next?, nil): self.queue.now = max(self.queue.now, next)
        case (nil, let limit?): self.queue.now = max(self.queue.now, limit)
        case (nil, nil):
            let end = DispatchTime.now() + .nanoseconds(Int(self.waitLimit.nanoseconds))
            let woken = self.wakes.wait(timeout: end)
            require(
                woken == .success,
                "Nothing is left to do, and nothing has stopped the reactor within waitLimit."
            )
        }
    }

    /// Performs the steps 4 to 7 of a turn; see the article "The loop" of Reactor, "A turn".
    private func performTurn() {
        self.handle.runMessages(
            stop: { self.stop() },
            deliver: { self.pendingResults.deliver($0, $1) }
        )
        let events = self.readyEvents
        self.readyEvents = []
        for event in events { event() }
        for watch in self.watches where watch.isReady { watch.fire() }
        self.queue.runDue()
        self.connectNewChildren()
    }

    func connectNewChildren() {
        let connections = self.newChildren
        self.newChildren = []
        for connect in connections { connect() }
    }

    /// Runs turns at the current time until nothing more is ready.
    func settleInstant() {
        var turns = 0
        while self.isSomethingReady {
            self.performTurn()
            turns += 1
            require(
                turns < 100_000,
                "100,000 turns at the same instant: a call or a watch repeats without end."
            )
        }
    }
}

extension MemoryReactor {
    /// Stops the program if another thread than that of the current turn calls this method.
    func requireReactorsThread() {
        require(
            !self.isInTurn || self.handle.isOnReactor,
            "A reactor was used on another thread than its own; use its handle there."
        )
    }
}
