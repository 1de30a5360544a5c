// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// The records of all delayed calls of one queue, side by side in memory.
///
/// One object per call would cost an allocation, twice the memory, and a `free` in another order
/// than that of the allocations, for which glibc has to sort its free memory. Together that was
/// more than half of the cost of a delayed call.
///
/// A record is found by its index. The index of a call that has ended is reused for the next call,
/// so a ``Key`` also holds a number that no other call ever has.
struct CallRecords: ~Copyable {
    /// The closure that a call runs.
    ///
    /// The closure is stored in a struct, because Swift wraps a bare closure in a new closure each
    /// time it passes through generic code, for example as the value of an optional.
    struct Body {
        let run: () -> Void
    }

    /// The identity of a call.
    struct Key: Hashable {
        /// A number above 0 that no other call with the same anchor ever has.
        let number: UInt64
        let index: UInt32
    }

    /// The data of one call, or a free record.
    struct Record {
        /// The number of the call, or 0 if the record is free.
        var number: UInt64
        /// The deadline, in nanoseconds of the queue's clock.
        ///
        /// In a free record this is the index of the next free record.
        var due: Int64
        /// The order among calls with the same deadline.
        ///
        /// A call that is moved gets a new sequence number, so it runs after the calls that had its
        /// new deadline before.
        var sequence: UInt64
        var body: Body?

        static func free(next: Int) -> Self {
            Self(number: 0, due: Int64(next), sequence: 0, body: nil)
        }
    }

    private var records = Segments<Record>()
    /// For each index, the version of the only entry that is not stale.
    ///
    /// The versions are not part of the records because the search for stale entries reads only
    /// them, and sixteen fit into one cache line.
    private var versions = Segments<UInt32>()
    /// The number of records, in use or free.
    ///
    /// Memory from this index on is not initialized.
    private var used = 0
    private var firstFree = Self.none
    /// The number of calls.
    private(set) var count = 0

    /// Ends the list of free records.
    private static let none = -1

    deinit {
        for index in 0..<self.used { self.records[index].deinitialize(count: 1) }
    }

    /// Adds a call and returns its first entry; `number` is also its sequence number.
    @inline(__always)
    mutating func add(number: UInt64, due: Int64, _ body: consuming Body) -> WheelEntry {
        let index = self.takeIndex()
        self.records[index].initialize(
            to: Record(number: number, due: due, sequence: number, body: body)
        )
        self.count &+= 1
        return self.newEntry(index, due)
    }

    /// Removes a call whose entry has left the wheel, and frees its index.
    ///
    /// - Returns: The closure of the call. Its release may run code that uses the queue again, so
    ///   the caller must release it last.
    @inline(__always)
    mutating func remove(_ index: Int) -> Body? {
        let record = self.records[index].move()
        self.records[index].initialize(to: .free(next: self.firstFree))
        self.firstFree = index
        self.count &-= 1
        return record.body
    }

    /// Removes a call whose entry is still in the wheel, and makes that entry stale.
    ///
    /// - Returns: The closure of the call; see ``remove(_:)``.
    @inline(__always)
    mutating func cancel(_ index: Int) -> Body? {
        self.versions[index].pointee &+= 1
        return self.remove(index)
    }

    /// Returns a new entry for the call at `index`, and makes its previous entry stale.
    @inline(__always)
    func newEntry(_ index: Int, _ due: Int64) -> WheelEntry {
        self.versions[index].pointee &+= 1
        return WheelEntry(
            due: due,
            index: UInt32(truncatingIfNeeded: index),
            version: self.versions[index].pointee
        )
    }

    /// Returns whether a queued entry no longer refers to a live call.
    ///
    /// An entry that waits while its index gets 2^32 new entries would wrongly count as live. That
    /// is harmless: the queue treats the entry like that of a call that was moved to a later time.
    @inline(__always)
    func isStale(_ entry: WheelEntry) -> Bool {
        self.versions[Int(entry.index)].pointee != entry.version
    }

    /// Returns the record of an entry, or `nil` if the entry is stale.
    ///
    /// A free record keeps the version of its last entry, so an equal version does not prove that
    /// the record is in use. The method therefore also checks that `number` is not 0.
    @inline(__always)
    func record(_ entry: WheelEntry) -> UnsafeMutablePointer<Record>? {
        let record = self.records[Int(entry.index)]
        return self.isStale(entry) || record.pointee.number == 0 ? nil : record
    }

    /// Starts to load the version that ``isStale(_:)`` reads into the processor's cache.
    @inline(__always)
    func prefetchVersion(_ entry: WheelEntry) {
        cspawn_prefetch(self.versions[Int(entry.index)])
    }

    /// Starts to load the record of an entry into the processor's cache.
    @inline(__always)
    func prefetchRecord(_ entry: WheelEntry) {
        let record = UnsafeRawPointer(self.records[Int(entry.index)])
        cspawn_prefetch(record)
        // A record can extend into a second cache line.
        cspawn_prefetch(record + (MemoryLayout<Record>.size - 1))
    }

    /// Returns the index of a call, or `nil` if the call has run or was cancelled.
    @inline(__always)
    func index(of key: Key) -> Int? {
        let index = Int(key.index)
        return index < self.used && self.records[index].pointee.number == key.number ? index : nil
    }

    /// The record at an index.
    subscript(index: Int) -> UnsafeMutablePointer<Record> {
        @inline(__always) get { self.records[index] }
    }

    /// The keys of all calls, in no particular order.
    var keys: [Key] {
        (0..<self.used).filter { self.records[$0].pointee.number != 0 }
            .map { Key(number: self.records[$0].pointee.number, index: UInt32($0)) }
    }

    /// Sorts entries, none of them stale, into the order in which their calls run.
    ///
    /// This is a shell sort, because it needs no memory. The sort of Swift's library allocates a
    /// buffer for more than 64 entries, and without optimization also for fewer.
    func sort(_ entries: UnsafeMutableBufferPointer<WheelEntry>) {
        var gap = entries.count
        while gap > 1 {
            // The ratio of the gaps is from Gonnet and Baeza-Yates, "Handbook of Algorithms and
            // Data Structures" (1991).
            gap = max(1, (gap * 5 - 1) / 11)
            for start in gap..<entries.count {
                let entry = entries[start]
                var index = start
                while index >= gap, self.precedes(entry, entries[index - gap]) {
                    entries[index] = entries[index - gap]
                    index -= gap
                }
                entries[index] = entry
            }
        }
    }

    /// Returns whether the call of the first entry runs before that of the second.
    @inline(__always)
    private func precedes(_ first: WheelEntry, _ second: WheelEntry) -> Bool {
        guard first.due == second.due else { return first.due < second.due }
        // The records are read only for equal deadlines, because each is another cache line.
        return self[Int(first.index)].pointee.sequence < self[Int(second.index)].pointee.sequence
    }

    /// Gives most of the memory back to the system if there are no calls.
    ///
    /// There must be no entries either: they would refer to versions that no longer exist.
    mutating func trim() {
        guard self.count == 0, self.records.isLarge else { return }
        for index in 0..<self.used { self.records[index].deinitialize(count: 1) }
        self.used = 0
        self.firstFree = Self.none
        self.records.trim()
        self.versions.trim()
    }

    @inline(__always)
    private mutating func takeIndex() -> Int {
        let index = self.firstFree
        guard index >= 0 else { return self.takeNewIndex() }
        self.firstFree = Int(self.records[index].pointee.due)
        return index
    }

    private mutating func takeNewIndex() -> Int {
        require(self.used < UInt32.max, "A queue cannot hold more than 2^32 - 1 delayed calls.")
        self.records.makeRoom(for: self.used)
        self.versions.makeRoom(for: self.used)
        defer { self.used += 1 }
        self.versions[self.used].initialize(to: 0)
        return self.used
    }
}
