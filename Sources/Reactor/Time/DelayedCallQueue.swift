// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// The delayed calls of one reactor, real or fake, in the order in which they are due.
///
/// Calls wait in a ``TimingWheel`` and are put in order when they come up. Nothing is searched: a
/// cancelled call and the old place of a call that was moved earlier stay as stale entries, which
/// are dropped when they come up, or all at once when they are more than half of all. A call that
/// is moved later keeps its entry and gets another when that comes up, so a reset on each piece of
/// output is a few stores. Time is what the owner says it is: no clock is read here.
@usableFromInline
package final class DelayedCallQueue {
    // Confined to the reactor's thread; no method hands out access to these while it changes them,
    // and bodies run only between two accesses. The run-time check took 10 to 35 % of every hot
    // path.
    @exclusivity(unchecked) private var wheel: TimingWheel
    /// What has come up and is being run.
    @exclusivity(unchecked) private var due = DueEntries()
    /// Calls that were made or moved to now in this turn; they go back when it is over.
    @exclusivity(unchecked) private var postponed: [WheelEntry] = []
    @exclusivity(unchecked) private var stale = 0
    @exclusivity(unchecked) private var nextSequence: UInt64 = 0

    /// The time of this turn in nanoseconds; set by the owner, never backwards.
    @exclusivity(unchecked) @usableFromInline package var now: Int64

    package init(now: Int64 = 0) {
        self.now = now
        self.wheel = TimingWheel(base: now)
    }

    deinit {
        self.removeAll()
    }

    // MARK: - What the reactor uses

    /// Queues a call for `delay` nanoseconds from now; a negative delay counts as zero.
    package func schedule(after delay: Int64, _ body: @escaping () -> Void) -> DelayedCall {
        let due = self.now.addingSaturated(max(0, delay))
        let call = DelayedCall(due: due, sequence: self.takeSequence(), queue: self, body: body)
        self.wheel.insert(WheelEntry(due: due, call: .passRetained(call)))
        return call
    }

    /// When the next call is due, at the earliest, or nil if none is pending.
    ///
    /// It may be the time of a call that was moved later or cancelled since: then a turn comes to
    /// nothing.
    package var earliest: Int64? {
        if self.stale == self.wheel.count { self.dropStale() }
        return self.wheel.earliest
    }

    /// Runs what is due now, in order; calls that are made or moved meanwhile wait for the next
    /// turn.
    ///
    /// - Returns: how many ran.
    @discardableResult
    package func runDue() -> Int {
        let limit = self.nextSequence
        var ran = 0
        while let end = self.wheel.takeNext(until: self.now, into: &self.due) {
            self.settleDue(until: end)
            while let entry = self.due.popFirst() { ran += self.comeUp(entry, limit) ? 1 : 0 }
        }
        for entry in self.postponed { self.wheel.insert(entry) }
        self.postponed = []
        return ran
    }

    /// The calls that are still to run, in no particular order.
    package var pending: [DelayedCall] {
        var calls: [DelayedCall] = []
        let collect = { (entry: WheelEntry) in
            if !entry.isStale { calls.append(entry.call.takeUnretainedValue()) }
        }
        self.wheel.forEach(collect)
        self.due.rest.forEach(collect)
        self.postponed.forEach(collect)
        return calls
    }

    /// Drops everything without running it.
    ///
    /// The calls become inactive.
    package func removeAll() {
        // Letting go of what a call captured may run code that schedules: until nothing is left.
        while self.wheel.count > 0 || !self.due.rest.isEmpty || !self.postponed.isEmpty {
            self.wheel.filter { entry in
                self.postponed.append(entry)
                return false
            }
            while let entry = self.due.popFirst() ?? self.postponed.popLast() {
                entry.call.takeRetainedValue().drop()
            }
        }
        self.stale = 0
    }

    // MARK: - What a call uses

    func noteCancelled() {
        self.stale += 1
        if self.stale > 64, self.stale > self.wheel.count / 2 { self.dropStale() }
    }

    func move(_ call: DelayedCall, to due: Int64) {
        call.sequence = self.takeSequence()
        call.due = due
        // Later than its entry: it gets another when that one comes up.
        guard due < call.entryDue else { return }
        call.entryDue = due
        self.wheel.insert(WheelEntry(due: due, call: .passRetained(call)))
        self.noteCancelled()
    }

    // MARK: - Parts

    private func takeSequence() -> UInt64 {
        defer { self.nextSequence &+= 1 }
        return self.nextSequence
    }

    /// Puts what has come up in order, after stale entries were dropped and calls that were moved
    /// later since got the places that they have now.
    private func settleDue(until end: Int64) {
        // Each call lies on cache lines of its own that nobody has touched since it was made:
        // fetched all at once they are waited for once.
        for entry in self.due.rest { cspawn_prefetch(entry.call.toOpaque()) }
        self.due.replaceRest { entry in
            guard !entry.isStale else {
                self.stale -= 1
                entry.call.release()
                return nil
            }
            let due = entry.call._withUnsafeGuaranteedRef { call in
                call.entryDue = call.due
                return call.due
            }
            let moved = WheelEntry(due: due, call: entry.call)
            guard due > end else { return moved }
            self.wheel.insert(moved)
            return nil
        }
        self.due.sort()
    }

    /// The time of an entry has come: its call runs, unless it was cancelled or moved in this very
    /// turn.
    ///
    /// - Returns: whether it ran.
    private func comeUp(_ entry: WheelEntry, _ limit: UInt64) -> Bool {
        let call = entry.call.takeRetainedValue()
        guard call.isActive, call.entryDue == entry.due else {
            self.stale -= 1
            return false
        }
        guard call.due <= self.now, call.sequence < limit else {
            call.entryDue = call.due
            self.putBack(WheelEntry(due: call.due, call: .passRetained(call)))
            return false
        }
        call.fire()
        return true
    }

    private func putBack(_ entry: WheelEntry) {
        // Back in the wheel at once it would come up again in this turn.
        if entry.due <= self.now { self.postponed.append(entry) } else { self.wheel.insert(entry) }
    }

    /// Throws out every stale entry: O(n), at most once for n/2 cancels.
    private func dropStale() {
        guard self.stale > 0 else { return }
        self.wheel.filter { entry in
            guard entry.isStale else { return true }
            entry.call.release()
            return false
        }
        // Those that have come up already are counted down one by one.
        self.stale = self.due.rest.count(where: \.isStale)
    }
}
