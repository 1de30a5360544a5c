// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The data of a ``DelayedCallQueue``: its calls, and the entries that order them by deadline.
///
/// ``CallRecords`` holds the calls. A ``TimingWheel`` holds an entry for each call, which is sorted
/// when it is due. No operation searches the wheel for the entry of a call:
/// - A call that is cancelled, or moved to an earlier time, leaves a stale entry in the wheel. The
///   entry stays until it is due. If more than three quarters of all entries are stale, all stale
///   entries are removed together.
/// - A call that is moved to a later time keeps its entry. When the entry is due, the call gets
///   another one. So a timeout that is moved with each piece of output costs a few stores.
///
/// No method runs or releases a closure: the methods that remove a call return its closure.
///
/// The parameter `now` of the methods is the time of the current turn, in nanoseconds.
struct DelayedCallStore: ~Copyable {
    private var wheel: TimingWheel
    private var calls = CallRecords()
    /// Entries that are due, in the order in which their calls run.
    private var due = DueEntries()
    /// Entries for now or earlier that were made while calls ran.
    ///
    /// They go to the wheel at the end of the turn, because in the wheel they would be due in the
    /// same turn.
    private var postponed = DueEntries()
    /// Whether calls are running.
    private var isRunning = false
    /// The number of the next call, which is also the next sequence number.
    private(set) var nextNumber: UInt64

    init(now: Int64, nextNumber: UInt64) {
        self.nextNumber = nextNumber
        self.wheel = TimingWheel(base: now)
    }

    // MARK: - Calls

    /// Adds a call that is due at `due`, which must not lie before `now`.
    @inline(__always)
    mutating func add(
        due: Int64,
        now: Int64,
        _ body: consuming CallRecords.Body
    ) -> CallRecords.Key {
        let number = self.takeNumber()
        let entry = self.calls.add(number: number, due: due, body)
        self.insert(entry, now)
        return CallRecords.Key(number: number, index: entry.index)
    }

    /// The keys of all calls, in no particular order.
    var keys: [CallRecords.Key] { self.calls.keys }

    func isPending(_ key: CallRecords.Key) -> Bool {
        self.calls.index(of: key) != nil
    }

    /// Returns the deadline of a call, or `nil` if it has run or was cancelled.
    func due(_ key: CallRecords.Key) -> Int64? {
        self.calls.index(of: key).map { self.calls[$0].pointee.due }
    }

    /// Removes a call and returns its closure, or `nil` if it has run or was cancelled.
    @inline(__always)
    mutating func cancel(_ key: CallRecords.Key) -> CallRecords.Body? {
        guard let index = self.calls.index(of: key) else { return nil }
        let body = self.calls.cancel(index)
        self.removeStaleEntriesIfMany()
        return body
    }

    /// Moves a call to `time`, or to now if `time` has passed.
    ///
    /// - Returns: `false` if the call has run or was cancelled.
    mutating func move(_ key: CallRecords.Key, to time: Int64, now: Int64) -> Bool {
        guard let index = self.calls.index(of: key) else { return false }
        // With a deadline before now the call would run ahead of calls that are already due, and
        // they would have to wait for the next turn.
        let due = max(time, now)
        let record = self.calls[index]
        let previous = record.pointee.due
        record.pointee.sequence = self.takeNumber()
        record.pointee.due = due
        // The entry of a call that is moved to a later time stays where it is.
        guard due < previous else { return true }
        self.insert(self.calls.newEntry(index, due), now)
        self.removeStaleEntriesIfMany()
        return true
    }

    // MARK: - Turns

    /// Returns a time at or before the deadline of the next call, or `nil` if there is no call.
    ///
    /// The time is too early if it belongs to a stale entry, or to that of a call that was moved to
    /// a later time.
    mutating func earliest() -> Int64? {
        if self.calls.count == 0, self.wheel.count > 0 { self.removeStaleEntries() }
        // While calls run, the calls that were made for now are not in the wheel.
        if let now = self.postponed.rest.first(where: { !self.calls.isStale($0) })?.due {
            return min(now, self.wheel.earliest ?? now)
        }
        return self.wheel.earliest
    }

    /// Begins a turn and returns whether it is inside of another one.
    ///
    /// A call on a test clock can advance the clock, which is a turn inside of a turn. The calls
    /// that the outer turn has postponed are due in the inner one.
    mutating func beginTurn(now: Int64) -> Bool {
        let isNested = self.isRunning
        self.isRunning = true
        self.insertPostponed(now)
        return isNested
    }

    /// Ends a turn; `isNested` is the result of ``beginTurn(now:)``.
    mutating func endTurn(now: Int64, isNested: Bool) {
        self.isRunning = isNested
        self.insertPostponed(now)
        // The outer turn can have due entries, which refer to the memory that a trim gives back.
        if !isNested { self.trim() }
    }

    /// Takes the next entries that are due out of the wheel and puts them in order.
    ///
    /// - Returns: `false` if no entry is due.
    mutating func takeDueEntries(now: Int64) -> Bool {
        guard let end = self.wheel.takeNext(until: now, into: &self.due) else { return false }
        self.settleDueEntries(until: end)
        return true
    }

    /// Returns the index of the next call to run among the entries that were taken from the wheel.
    ///
    /// A call that was made or moved in this turn does not run in it: its sequence number is not
    /// below `limit`.
    ///
    /// - Returns: `nil` if none of the entries is left.
    @inline(__always)
    mutating func takeNextIndex(before limit: UInt64, now: Int64) -> Int? {
        while let entry = self.due.popFirst() {
            guard let record = self.calls.record(entry) else { continue }
            let index = Int(entry.index)
            if record.pointee.due <= now, record.pointee.sequence < limit { return index }
            self.insert(self.calls.newEntry(index, record.pointee.due), now)
        }
        return nil
    }

    /// Removes the call at an index that ``takeNextIndex(before:now:)`` has returned.
    ///
    /// - Returns: The closure of the call.
    @inline(__always)
    mutating func remove(_ index: Int) -> CallRecords.Body? {
        self.calls.remove(index)
    }

    /// Removes all entries; there must be no calls.
    mutating func removeAllEntries() {
        self.wheel.filter(fetching: { _ in }, { _ in false })
        self.due.removeAll()
        self.postponed.removeAll()
        self.trim()
    }

    /// The number of entries in the wheel, including stale ones.
    var entryCount: Int { self.wheel.count }

    // MARK: - Parts

    @inline(__always)
    private mutating func takeNumber() -> UInt64 {
        defer { self.nextNumber &+= 1 }
        return self.nextNumber
    }

    @inline(__always)
    private mutating func insert(_ entry: WheelEntry, _ now: Int64) {
        if self.isRunning, entry.due <= now {
            self.postponed.append(entry)
        } else {
            self.wheel.insert(entry)
        }
    }

    /// Removes stale entries, gives each call that was moved to a later time a new entry, and sorts
    /// the remaining entries.
    private mutating func settleDueEntries(until end: Int64) {
        // No record or version has been touched since its call was made, so each is a cache miss.
        // After a prefetch of all of them, the misses overlap.
        let entries = self.due.rest
        for index in entries.indices {
            self.calls.prefetchRecord(entries[index])
            self.calls.prefetchVersion(entries[index])
        }
        var kept = 0
        for index in entries.indices {
            let entry = entries[index]
            guard let due = self.calls.record(entry)?.pointee.due else { continue }
            var current = entry
            if due != entry.due {
                current = self.calls.newEntry(Int(entry.index), due)
                guard due <= end else {
                    self.wheel.insert(current)
                    continue
                }
            }
            entries[kept] = current
            kept += 1
        }
        self.due.truncateRest(to: kept)
        if kept > 1 { self.calls.sort(self.due.rest) }
    }

    private mutating func insertPostponed(_ now: Int64) {
        guard self.postponed.count > 0 else { return }
        for entry in self.postponed.rest {
            guard entry.due < now else {
                self.wheel.insert(entry)
                continue
            }
            // This entry was made before a call advanced the clock, and is in the past now. The
            // wheel does not accept such an entry, so the call gets a new one.
            guard !self.calls.isStale(entry) else { continue }
            self.wheel.insert(self.calls.newEntry(Int(entry.index), now))
        }
        self.postponed.removeAll()
    }

    private mutating func removeStaleEntriesIfMany() {
        let stale = self.wheel.count &- self.calls.count
        if stale > 64, stale > self.wheel.count / 4 * 3 { self.removeStaleEntries() }
    }

    /// Removes every stale entry of the wheel.
    ///
    /// This takes linear time, at most once for every 3n/4 calls that are cancelled or moved.
    private mutating func removeStaleEntries() {
        self.wheel.filter(
            fetching: { self.calls.prefetchVersion($0) },
            { !self.calls.isStale($0) }
        )
    }

    private mutating func trim() {
        if self.wheel.count == 0 { self.calls.trim() }
    }
}
