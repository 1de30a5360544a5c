// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The delayed calls of one reactor or test clock.
///
/// The queue reads no clock: its owner sets the time of each turn.
@usableFromInline
package final class DelayedCallQueue {
    // `@exclusivity(unchecked)` is sound because the queue is confined to its reactor's thread.
    // Each access is one call of a method of the store, and those methods never call or release a
    // closure. So no access begins while another one is under way. With the check at run time, a
    // delayed call that runs would take 895 instructions and not 600.
    @exclusivity(unchecked) private var store: DelayedCallStore
    // `@exclusivity(unchecked)` is sound because each access is one load or one store. Inactivity
    // timeouts read the time at each reset.
    /// The time of the current turn in nanoseconds, which the owner sets and never sets back.
    @exclusivity(unchecked) @usableFromInline package var now: Int64
    /// The object through which delayed calls find this queue.
    private let anchor = QueueAnchor.take()

    package init(now: Int64 = 0) {
        self.now = now
        self.store = DelayedCallStore(now: now, nextNumber: self.anchor.nextNumber)
        self.anchor.queue = self
    }

    deinit {
        self.anchor.queue = nil
        self.removeAll()
        self.anchor.giveBack(nextNumber: self.store.nextNumber)
    }

    /// Adds a call that runs in `delay` nanoseconds; a negative delay counts as zero.
    package func schedule(after delay: Int64, _ body: consuming @escaping () -> Void) -> DelayedCall
    {
        let due = self.now.addingSaturated(max(0, delay))
        let key = self.store.add(due: due, now: self.now, CallRecords.Body(run: body))
        return DelayedCall(self.anchor, key)
    }

    /// A time at or before the deadline of the next call, or `nil` if no call is pending.
    ///
    /// The time is too early if the call that it belongs to was cancelled or moved to a later time.
    /// The turn at that time then runs nothing.
    package var earliest: Int64? { self.store.earliest() }

    /// Runs the calls that are due, in order.
    ///
    /// Calls that are scheduled or moved while this method runs wait for the next turn.
    ///
    /// - Returns: The number of calls that ran.
    @discardableResult
    package func runDue() -> Int {
        let limit = self.store.nextNumber
        let isNested = self.store.beginTurn(now: self.now)
        var ran = 0
        while self.store.takeDueEntries(now: self.now) {
            while let index = self.store.takeNextIndex(before: limit, now: self.now) {
                // The call is removed before it runs, so it can no longer cancel or move itself.
                self.store.remove(index)?.run()
                ran += 1
            }
        }
        self.store.endTurn(now: self.now, isNested: isNested)
        return ran
    }

    /// The calls that have not run yet, in no particular order.
    package var pending: [DelayedCall] {
        self.store.keys.map { DelayedCall(self.anchor, $0) }
    }

    /// Removes all calls without running them.
    package func removeAll() {
        // The release of a closure can run code that makes further calls.
        while true {
            let keys = self.store.keys
            if keys.isEmpty { break }
            for key in keys { self.cancel(key) }
        }
        self.store.removeAllEntries()
    }

    /// The number of entries, including those of cancelled and moved calls; for tests.
    package var entryCount: Int { self.store.entryCount }

    // MARK: - For delayed calls

    func isPending(_ key: CallRecords.Key) -> Bool {
        self.store.isPending(key)
    }

    /// Returns the deadline of a call, or `nil` if it has run or was cancelled.
    func due(_ key: CallRecords.Key) -> Int64? {
        self.store.due(key)
    }

    /// Cancels a call and releases its closure.
    ///
    /// - Returns: `false` if the call has run or was cancelled.
    @discardableResult
    func cancel(_ key: CallRecords.Key) -> Bool {
        guard let body = self.store.cancel(key) else { return false }
        // The release can run code that uses this queue, so it comes after the access to the store.
        withExtendedLifetime(body) {}
        return true
    }

    /// Moves a call to `time`, or to now if `time` has passed.
    ///
    /// - Returns: `false` if the call has run or was cancelled.
    func move(_ key: CallRecords.Key, to time: Int64) -> Bool {
        self.store.move(key, to: time, now: self.now)
    }
}
