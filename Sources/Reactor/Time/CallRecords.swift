// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// What there is to know of each delayed call, side by side in one piece of memory.
///
/// An object a call would be an allocation, a free in another order than that of the allocations,
/// which glibc then sorts, and twice the memory to touch; that was more than half of what a call
/// cost. A call is known by its ``Key``; a place is used again at once, and a key that is out of
/// date finds another number there.
struct CallRecords: ~Copyable {
    /// What a call does; a closure that goes through generic code bare, as an optional does, is
    /// wrapped in a new one each time.
    struct Body {
        let run: () -> Void
    }

    /// What tells one call from all others, for ever.
    struct Key: Hashable {
        /// Counted up from one and never given twice by one queue.
        let number: UInt64
        let place: UInt32
    }

    /// One call, or a free place.
    struct Record {
        /// 0: the place is free.
        var number: UInt64
        /// When it is to run, in nanoseconds of the queue's clock; of a free place the next free
        /// one.
        var due: Int64
        /// Its turn among calls of the same deadline; a moved call goes behind those already there.
        var sequence: UInt64
        var body: Body?

        static func free(next: Int) -> Self {
            Self(number: 0, due: Int64(next), sequence: 0, body: nil)
        }
    }

    private var records = Segments<Record>()
    /// For each place what its valid entry bears; apart from the records, since who looks for stale
    /// entries reads these of all and should find sixteen in a cache line.
    private var stamps = Segments<UInt32>()
    /// How many places have been used; those from here on are not initialised.
    private var used = 0
    private var firstFree = Self.none
    /// How many calls there are.
    private(set) var count = 0

    private static let none = -1

    deinit {
        for place in 0..<self.used { self.records[place].deinitialize(count: 1) }
    }

    /// Makes a call that is known by `number`, which is also its sequence.
    @inline(__always)
    mutating func add(number: UInt64, due: Int64, _ body: Body) -> WheelEntry {
        let place = self.takePlace()
        self.records[place].initialize(
            to: Record(number: number, due: due, sequence: number, body: body)
        )
        self.count &+= 1
        return self.stamp(place, due)
    }

    /// Ends a call whose entry has been taken out; its place is free from now on.
    ///
    /// - Returns: what it does. Letting go of that may run code that comes back here, so do it last.
    @inline(__always)
    mutating func remove(_ place: Int) -> Body? {
        let record = self.records[place].move()
        self.records[place].initialize(to: .free(next: self.firstFree))
        self.firstFree = place
        self.count &-= 1
        return record.body
    }

    /// Ends a call whose entry is still there, and stale from now on.
    ///
    /// - Returns: as ``remove(_:)``.
    @inline(__always)
    mutating func cancel(_ place: Int) -> Body? {
        self.stamps[place].pointee &+= 1
        return self.remove(place)
    }

    /// Notes that the call at `place` has an entry at `due` from now on; any other is stale.
    @inline(__always)
    func stamp(_ place: Int, _ due: Int64) -> WheelEntry {
        self.stamps[place].pointee &+= 1
        return WheelEntry(
            due: due,
            place: UInt32(truncatingIfNeeded: place),
            stamp: self.stamps[place].pointee
        )
    }

    /// Whether an entry that waits is not, or no more, the one of a call.
    ///
    /// After 2^32 uses of one place while an entry waits it would pass for valid again: it is then
    /// taken for that of a call which has been moved since, and harmless.
    @inline(__always)
    func isStale(_ entry: WheelEntry) -> Bool {
        self.stamps[Int(entry.place)].pointee != entry.stamp
    }

    /// The call of an entry that has come up; nil if that is stale.
    ///
    /// A free place is asked for, too: its stamp is still that of the last entry, and see
    /// ``isStale(_:)``.
    @inline(__always)
    func record(_ entry: WheelEntry) -> UnsafeMutablePointer<Record>? {
        let record = self.records[Int(entry.place)]
        return self.isStale(entry) || record.pointee.number == 0 ? nil : record
    }

    /// Fetches what ``isStale(_:)`` will read.
    @inline(__always)
    func prefetchStamp(_ entry: WheelEntry) {
        cspawn_prefetch(self.stamps[Int(entry.place)])
    }

    /// Fetches a record that will be read.
    @inline(__always)
    func prefetchRecord(_ entry: WheelEntry) {
        let record = UnsafeRawPointer(self.records[Int(entry.place)])
        cspawn_prefetch(record)
        // It may reach into a second cache line.
        cspawn_prefetch(record + (MemoryLayout<Record>.size - 1))
    }

    /// Where the call is, if it is still to run.
    @inline(__always)
    func place(_ key: Key) -> Int? {
        let place = Int(key.place)
        return place < self.used && self.records[place].pointee.number == key.number ? place : nil
    }

    /// The record at a place.
    subscript(place: Int) -> UnsafeMutablePointer<Record> {
        @inline(__always) get { self.records[place] }
    }

    /// All calls, in no particular order.
    var keys: [Key] {
        (0..<self.used).filter { self.records[$0].pointee.number != 0 }
            .map { Key(number: self.records[$0].pointee.number, place: UInt32($0)) }
    }

    /// Puts entries, none of them stale, in the order in which their calls run.
    func sort(_ entries: EntrySort.Entries) {
        if entries.count > 1 { EntrySort(records: self.records.places).sort(entries) }
    }

    /// Once there are neither calls nor entries, most of the memory goes back to the system.
    mutating func trim() {
        guard self.count == 0, self.records.isLarge else { return }
        for place in 0..<self.used { self.records[place].deinitialize(count: 1) }
        self.used = 0
        self.firstFree = Self.none
        self.records.trim()
        self.stamps.trim()
    }

    @inline(__always)
    private mutating func takePlace() -> Int {
        let place = self.firstFree
        guard place >= 0 else { return self.takeNewPlace() }
        self.firstFree = Int(self.records[place].pointee.due)
        return place
    }

    private mutating func takeNewPlace() -> Int {
        require(self.used < UInt32.max, "more than four thousand million delayed calls")
        self.records.makeRoom(for: self.used)
        self.stamps.makeRoom(for: self.used)
        defer { self.used += 1 }
        self.stamps[self.used].initialize(to: 0)
        return self.used
    }
}
