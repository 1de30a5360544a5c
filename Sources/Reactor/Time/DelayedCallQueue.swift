// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The delayed calls of one reactor, real or fake, in the order in which they are due.
///
/// A 4-ary heap of (deadline, sequence, call). Nothing is searched: a cancelled call and the old place of a
/// moved one stay as stale entries, which are dropped when they surface, or all at once when they are more
/// than half of the heap. A call that is moved later keeps its entry and gets a new one when the old surfaces,
/// so a reset on each piece of output is two stores. Time is what the owner says it is: no clock is read here.
package final class DelayedCallQueue {
    private struct Entry {
        var due: Int64
        var sequence: UInt64
        /// Holds one reference to the call, given back when the entry is dropped.
        var call: Unmanaged<DelayedCall>

        @inline(__always)
        func precedes(_ other: Entry) -> Bool {
            self.due != other.due ? self.due < other.due : self.sequence < other.sequence
        }
    }

    // Confined to the reactor's thread; methods never hand out access to these while they change them, and
    // bodies run only between two accesses. The run-time check took 10 to 35 % of every hot path.
    @exclusivity(unchecked) private var entries: UnsafeMutablePointer<Entry>
    @exclusivity(unchecked) private var capacity: Int
    @exclusivity(unchecked) private var count = 0
    @exclusivity(unchecked) private var stale = 0
    @exclusivity(unchecked) private var nextSequence: UInt64 = 0

    /// The time of this turn in nanoseconds; set by the owner, never backwards.
    @exclusivity(unchecked) package var now: Int64

    package init(now: Int64 = 0) {
        self.now = now
        self.capacity = 64
        self.entries = .allocate(capacity: self.capacity)
    }

    deinit {
        self.removeAll()
        self.entries.deallocate()
    }

    // MARK: - What the reactor uses

    /// Queues a call for `delay` nanoseconds from now; a negative delay counts as zero.
    package func schedule(after delay: Int64, _ body: @escaping () -> Void) -> DelayedCall {
        let due = self.now.addingSaturated(max(0, delay))
        let call = DelayedCall(due: due, sequence: self.takeSequence(), queue: self, body: body)
        self.push(call)
        return call
    }

    /// When the next call is due, or nil if none is pending. Settles stale entries on the way.
    package var earliest: Int64? {
        self.settle()
        return self.count == 0 ? nil : self.entries[0].due
    }

    /// Runs what is due now, in order; calls that are made or moved meanwhile wait for the next turn.
    ///
    /// - Returns: how many ran.
    @discardableResult
    package func runDue() -> Int {
        let limit = self.nextSequence
        var ran = 0
        while true {
            self.settle()
            guard self.count > 0, self.entries[0].due <= self.now else { break }
            guard self.entries[0].sequence < limit else { break }
            let call = self.popFirst().takeRetainedValue()
            call.fire()
            ran += 1
        }
        return ran
    }

    /// The calls that are still to run, in no particular order.
    package var pending: [DelayedCall] {
        (0..<self.count).compactMap { index in
            self.isLive(self.entries[index]) ? self.entries[index].call.takeUnretainedValue() : nil
        }
    }

    /// Drops everything without running it. The calls become inactive.
    package func removeAll() {
        // Letting go of what a call captured may run code that schedules: take one at a time.
        while self.count > 0 {
            self.count -= 1
            let call = self.entries[self.count].call.takeRetainedValue()
            call.drop()
        }
        self.stale = 0
    }

    // MARK: - What a call uses

    func noteCancelled() {
        self.stale += 1
        if self.stale > 64, self.stale > self.count / 2 { self.compact() }
    }

    func move(_ call: DelayedCall, to due: Int64) {
        let entryDue = call.due
        call.sequence = self.takeSequence()
        call.due = due
        // Later than its entry: the entry is settled when it surfaces. `due` of an entry never lies after
        // `due` of its call, because an earlier move makes a new entry at once.
        guard due < entryDue else { return }
        call.entry = call.sequence
        self.push(call)
        self.noteCancelled()
    }

    // MARK: - The heap

    private func takeSequence() -> UInt64 {
        defer { self.nextSequence &+= 1 }
        return self.nextSequence
    }

    @inline(__always)
    private func isLive(_ entry: Entry) -> Bool {
        entry.call._withUnsafeGuaranteedRef { $0.isActive && $0.entry == entry.sequence }
    }

    /// Drops stale entries from the top and gives a moved call its new place, until the top is true.
    private func settle() {
        while self.count > 0 {
            let top = self.entries[0]
            let moved = top.call._withUnsafeGuaranteedRef { call -> Bool? in
                guard call.isActive, call.entry == top.sequence else { return nil }
                return call.sequence != top.sequence
            }
            switch moved {
            case .some(false): return
            case .some(true): self.replaceFirst()
            case nil:
                self.stale -= 1
                self.popFirst().release()
            }
        }
    }

    /// The first call was moved later: its entry takes the new deadline and sinks.
    private func replaceFirst() {
        self.entries[0].call._withUnsafeGuaranteedRef { call in
            call.entry = call.sequence
            self.entries[0].due = call.due
            self.entries[0].sequence = call.sequence
        }
        self.siftDown(self.entries[0], from: 0)
    }

    private func push(_ call: DelayedCall) {
        if self.count == self.capacity { self.grow() }
        let entry = Entry(due: call.due, sequence: call.entry, call: .passRetained(call))
        self.count += 1
        self.siftUp(entry, from: self.count - 1)
    }

    private func popFirst() -> Unmanaged<DelayedCall> {
        let first = self.entries[0].call
        self.count -= 1
        if self.count > 0 { self.siftDown(self.entries[self.count], from: 0) }
        return first
    }

    private func siftUp(_ entry: Entry, from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) >> 2
            guard entry.precedes(self.entries[parent]) else { break }
            self.entries[index] = self.entries[parent]
            index = parent
        }
        self.entries[index] = entry
    }

    private func siftDown(_ entry: Entry, from start: Int) {
        let entries = self.entries
        let count = self.count
        var index = start
        while true {
            let first = index &* 4 &+ 1
            guard first < count else { break }
            var least = first
            for child in (first &+ 1)..<max(first &+ 1, min(first &+ 4, count))
            where entries[child].precedes(entries[least]) {
                least = child
            }
            guard entries[least].precedes(entry) else { break }
            entries[index] = entries[least]
            index = least
        }
        entries[index] = entry
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: self.capacity * 2)
        larger.moveInitialize(from: self.entries, count: self.count)
        self.entries.deallocate()
        self.entries = larger
        self.capacity *= 2
    }

    /// Throws out every stale entry and builds the heap anew: O(n), at most once for n/2 cancels.
    private func compact() {
        var kept = 0
        for index in 0..<self.count {
            let entry = self.entries[index]
            if self.isLive(entry) {
                self.entries[kept] = entry
                kept += 1
            } else {
                entry.call.release()
            }
        }
        self.count = kept
        self.stale = 0
        guard kept > 1 else { return }
        for index in stride(from: (kept - 2) >> 2, through: 0, by: -1) {
            self.siftDown(self.entries[index], from: index)
        }
    }
}
