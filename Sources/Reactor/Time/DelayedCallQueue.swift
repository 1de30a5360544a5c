// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The delayed calls of one reactor, real or fake, in the order in which they are due.
///
/// The calls themselves are ``CallRecords``; an entry for each waits in a ``TimingWheel`` and is
/// put in order when it comes up. Nothing is searched: the entry of a cancelled call and the old
/// one of a call that was moved earlier stay, stale, until they come up, or until they are more
/// than three quarters of all and are dropped together. A call that is moved later keeps its entry and gets
/// another when that comes up, so a reset on each piece of output is a few stores. Time is what the
/// owner says it is: no clock is read here.
@usableFromInline
package final class DelayedCallQueue {
    // Confined to the reactor's thread; no method hands out access to these while it changes them,
    // and bodies run only between two accesses. The run-time check took 10 to 35 % of every hot
    // path.
    @exclusivity(unchecked) private var wheel: TimingWheel
    @exclusivity(unchecked) private var calls = CallRecords()
    /// What has come up and is being run.
    @exclusivity(unchecked) private var due = DueEntries()
    /// Calls that were made or moved to now in this turn; they go back when it is over.
    @exclusivity(unchecked) private var postponed = DueEntries()
    /// Calls are being run.
    @exclusivity(unchecked) private var isRunning = false
    /// Numbers calls and puts those of one deadline in order.
    @exclusivity(unchecked) private var nextNumber: UInt64
    /// By which calls find this queue.
    private let anchor = QueueAnchor.take()

    /// The time of this turn in nanoseconds; set by the owner, never backwards.
    @exclusivity(unchecked) @usableFromInline package var now: Int64

    package init(now: Int64 = 0) {
        self.now = now
        self.wheel = TimingWheel(base: now)
        self.nextNumber = self.anchor.nextNumber
        self.anchor.queue = self
    }

    deinit {
        self.anchor.queue = nil
        self.removeAll()
        self.anchor.giveBack(nextNumber: self.nextNumber)
    }

    // MARK: - What the reactor uses

    /// Queues a call for `delay` nanoseconds from now; a negative delay counts as zero.
    package func schedule(after delay: Int64, _ body: consuming @escaping () -> Void) -> DelayedCall
    {
        let due = self.now.addingSaturated(max(0, delay))
        let number = self.takeNumber()
        let entry = self.calls.add(number: number, due: due, CallRecords.Body(run: body))
        self.insert(entry)
        return DelayedCall(self.anchor, CallRecords.Key(number: number, place: entry.place))
    }

    /// When the next call is due, at the earliest, or nil if none is pending.
    ///
    /// It may be the time of a call that was moved later or cancelled since: then a turn comes to
    /// nothing.
    package var earliest: Int64? {
        if self.calls.count == 0, self.wheel.count > 0 { self.dropStale() }
        // Asked from inside a call: what was made for now in this turn is next.
        if let now = self.postponed.rest.first(where: { !self.calls.isStale($0) })?.due {
            return min(now, self.wheel.earliest ?? now)
        }
        return self.wheel.earliest
    }

    /// Runs what is due now, in order; calls that are made or moved meanwhile wait for the next
    /// turn.
    ///
    /// - Returns: how many ran.
    @discardableResult
    package func runDue() -> Int {
        let limit = self.nextNumber
        var ran = 0
        // A call on a fake may advance its clock itself.
        let wasRunning = self.isRunning
        self.isRunning = true
        // That is a later turn for what was made so far in the outer one.
        self.putPostponedBack()
        while let end = self.wheel.takeNext(until: self.now, into: &self.due) {
            self.settleDue(until: end)
            while let entry = self.due.popFirst() { ran += self.comeUp(entry, limit) ? 1 : 0 }
        }
        self.isRunning = wasRunning
        self.putPostponedBack()
        // The outer one may have entries left that have become stale.
        if !wasRunning { self.trim() }
        return ran
    }

    /// The calls that are still to run, in no particular order.
    package var pending: [DelayedCall] {
        self.calls.keys.map { DelayedCall(self.anchor, $0) }
    }

    /// Drops everything without running it.
    ///
    /// The calls become inactive.
    package func removeAll() {
        // Letting go of what a call captured may run code that schedules: until nothing is left.
        while self.calls.count > 0 {
            for key in self.calls.keys { _ = self.calls.place(key).map { self.calls.remove($0) } }
        }
        self.wheel.filter(fetching: { _ in }, { _ in false })
        self.due.removeAll()
        self.postponed.removeAll()
        self.trim()
    }

    /// How many entries wait in the wheel, stale ones too; for tests.
    package var entryCount: Int { self.wheel.count }

    // MARK: - What a call uses

    func isPending(_ key: CallRecords.Key) -> Bool {
        self.calls.place(key) != nil
    }

    /// When a call is to run; nil if it is not to any more.
    func due(_ key: CallRecords.Key) -> Int64? {
        self.calls.place(key).map { self.calls[$0].pointee.due }
    }

    func cancel(_ key: CallRecords.Key) -> Bool {
        guard let place = self.calls.place(key) else { return false }
        let body = self.calls.cancel(place)
        self.noteStale()
        // What the call captured goes last: that may run code that comes back here.
        withExtendedLifetime(body) {}
        return true
    }

    /// Moves a call; one that would be due before now is due now.
    func move(_ key: CallRecords.Key, to wanted: Int64) -> Bool {
        guard let place = self.calls.place(key) else { return false }
        // Before now it would go ahead of calls that are due already, and keep them from running in
        // this turn.
        let due = max(wanted, self.now)
        let record = self.calls[place]
        let previous = record.pointee.due
        record.pointee.sequence = self.takeNumber()
        record.pointee.due = due
        // Its entry comes up before that, and it gets another then.
        guard due < previous else { return true }
        self.insert(self.calls.stamp(place, due))
        self.noteStale()
        return true
    }

    // MARK: - Parts

    @inline(__always)
    private func takeNumber() -> UInt64 {
        defer { self.nextNumber &+= 1 }
        return self.nextNumber
    }

    /// Puts what has come up in order, after stale entries were dropped and calls that were moved
    /// later since got the places that they have now.
    private func settleDue(until end: Int64) {
        // Each record, and each stamp, is a cache line that nobody has touched since the call was
        // made: fetched all at once they are waited for once.
        for entry in self.due.rest {
            self.calls.prefetchRecord(entry)
            self.calls.prefetchStamp(entry)
        }
        self.due.replaceRest { entry in
            guard let due = self.calls.record(entry)?.pointee.due else { return nil }
            guard due != entry.due else { return entry }
            let moved = self.calls.stamp(Int(entry.place), due)
            guard due > end else { return moved }
            self.wheel.insert(moved)
            return nil
        }
        self.calls.sort(self.due.rest)
    }

    /// The time of an entry has come: its call runs, unless it was cancelled or moved in this very
    /// turn.
    ///
    /// - Returns: whether it ran.
    private func comeUp(_ entry: WheelEntry, _ limit: UInt64) -> Bool {
        guard let record = self.calls.record(entry) else { return false }
        let place = Int(entry.place)
        guard record.pointee.due <= self.now, record.pointee.sequence < limit else {
            self.insert(self.calls.stamp(place, record.pointee.due))
            return false
        }
        // It ends first: a cancel from inside comes too late.
        self.calls.remove(place)?.run()
        return true
    }

    @inline(__always)
    private func insert(_ entry: WheelEntry) {
        // In the wheel it would come up in this very turn.
        if self.isRunning, entry.due <= self.now {
            self.postponed.append(entry)
        } else {
            self.wheel.insert(entry)
        }
    }

    private func putPostponedBack() {
        guard self.postponed.count > 0 else { return }
        for entry in self.postponed.rest {
            guard entry.due < self.now else {
                self.wheel.insert(entry)
                continue
            }
            // Time went on meanwhile, inside of a call, and the wheel does not take what is past.
            guard !self.calls.isStale(entry) else { continue }
            self.wheel.insert(self.calls.stamp(Int(entry.place), self.now))
        }
        self.postponed.removeAll()
    }

    /// An entry of the wheel has become stale.
    private func noteStale() {
        let stale = self.wheel.count &- self.calls.count
        if stale > 64, stale > self.wheel.count / 4 * 3 { self.dropStale() }
    }

    /// Throws out every stale entry: O(n), at most once for 3n/4 cancels.
    private func dropStale() {
        self.wheel.filter(
            fetching: { self.calls.prefetchStamp($0) },
            { !self.calls.isStale($0) }
        )
    }

    private func trim() {
        if self.wheel.count == 0 { self.calls.trim() }
    }
}
