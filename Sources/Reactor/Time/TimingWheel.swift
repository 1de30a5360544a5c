// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A reference from the wheel to a delayed call.
struct WheelEntry {
    /// The time at which the entry leaves the wheel.
    ///
    /// The deadline of the call is later if the call was moved after the entry was made.
    var due: Int64
    /// The index of the call in ``CallRecords``, if the entry is not stale.
    var index: UInt32
    /// Distinguishes the entry from earlier and later entries with the same index.
    var version: UInt32
}

/// A hierarchical timing wheel that holds the entries of delayed calls, exact to the nanosecond.
///
/// A deadline is a number with eleven digits to the base 64. Each level of the wheel stands for a
/// digit and has 64 slots, one for each value. An entry lies on the level of the highest digit in
/// which its deadline differs from `base`, in the slot of that digit. So all entries of a level are
/// due before those of the levels above, and the first slot in use on the lowest level in use holds
/// the next entries.
///
/// When time passes a slot, all its entries are due. When time enters a slot, its entries move to
/// lower levels. An entry moves at most once for each level: about three times for a delay of a
/// millisecond, and five times for a second. Each move copies from one block of memory to the end
/// of another, while a heap of a million entries reads a memory line that is not in the cache for
/// each of its twenty levels.
///
/// See Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 7. Their wheel
/// does not order the entries of a slot. Here the queue sorts them when they are due, up to a few
/// hundred at once.
struct TimingWheel: ~Copyable {
    /// The entries of one slot, in no particular order.
    private struct Slot {
        var blocks: UnsafeMutablePointer<WheelBlocks.Block>?
        var count = 0
        /// The earliest deadline in the slot, which can be that of a stale entry.
        var earliest = Int64.max
    }

    private static let digitBits = 6
    private static let slotsPerLevel = 64
    private static let levels = 11
    /// The largest number of entries that are sorted at once.
    ///
    /// If a slot holds more, its entries move to lower levels first.
    private static let sortLimit = 512

    private let slots: UnsafeMutablePointer<Slot>
    /// A bit set for each level: the slots that are not empty.
    private let occupied: UnsafeMutablePointer<UInt64>
    private var blocks = WheelBlocks()
    /// The time up to which all entries have left the wheel.
    private var base: Int64
    /// The number of entries, including stale ones.
    private(set) var count = 0

    init(base: Int64) {
        self.base = base
        self.slots = .allocate(capacity: Self.levels * Self.slotsPerLevel)
        self.slots.initialize(repeating: Slot(), count: Self.levels * Self.slotsPerLevel)
        self.occupied = .allocate(capacity: Self.levels)
        self.occupied.initialize(repeating: 0, count: Self.levels)
    }

    deinit {
        self.slots.deallocate()
        self.occupied.deallocate()
    }

    /// Adds an entry that is due at `base` or later.
    @inline(__always)
    mutating func insert(_ entry: WheelEntry) {
        let level = self.level(entry.due)
        let digit = Self.digit(entry.due, level)
        let slot = self.slots + (level &* Self.slotsPerLevel &+ digit)
        var block = slot.pointee.blocks
        // The operator evaluates its second operand only if the block is not nil.
        if block == nil || !WheelBlocks.hasRoom(block.unsafelyUnwrapped) {
            block = self.blocks.take(before: block)
            slot.pointee.blocks = block
            self.occupied[level] |= 1 << UInt64(digit)
        }
        // The block is not nil here and has room.
        WheelBlocks.append(entry, to: block.unsafelyUnwrapped)
        slot.pointee.count &+= 1
        if entry.due < slot.pointee.earliest { slot.pointee.earliest = entry.due }
        self.count &+= 1
    }

    /// The time of the next entry, which can be stale, or `nil` if the wheel is empty.
    var earliest: Int64? {
        self.firstSlot.map { self.slots[$0.level * Self.slotsPerLevel + $0.digit].earliest }
    }

    /// Moves the next entries that are due at `time` to `due`, in no particular order.
    ///
    /// All of them are due before the entries that stay. The wheel hands out only a few at once,
    /// so that they stay in the processor's cache until they have been sorted and run.
    ///
    /// - Returns: The end of the interval that the entries belong to, or `nil` if no entry is due.
    ///   In that case `base` is `time` from then on.
    mutating func takeNext(until time: Int64, into due: inout DueEntries) -> Int64? {
        while let (level, digit) = self.firstSlot {
            let start = self.start(ofSlot: digit, level)
            guard start <= time else { break }
            self.base = start
            let slot = self.slots + (level * Self.slotsPerLevel + digit)
            let end = start | Self.lowDigits(level)
            if end <= time, slot.pointee.count <= Self.sortLimit || level == 0 {
                var next = self.takeOut(level, digit)
                while let block = next {
                    due.append(WheelBlocks.entries(block), count: block.pointee.count)
                    next = self.blocks.giveBack(block)
                }
                return end
            }
            // Some entries of the slot are not due yet, or there are too many to sort them at once.
            self.putBack(self.takeOut(level, digit))
        }
        self.base = time
        if self.count == 0 { self.blocks.trim() }
        return nil
    }

    /// Removes all entries for which `isWanted` returns false.
    ///
    /// - Parameter fetch: Called for up to 31 entries before `isWanted` is called for the same
    ///   entries, so that it can prefetch the memory that `isWanted` reads.
    @inline(__always)
    mutating func filter(fetching fetch: (WheelEntry) -> Void, _ isWanted: (WheelEntry) -> Bool) {
        for level in 0..<Self.levels {
            var rest = self.occupied[level]
            while rest != 0 {
                let digit = rest.trailingZeroBitCount
                let blocks = self.takeOut(level, digit)
                let kept = self.filter(blocks, fetch, isWanted)
                if kept.count > 0 {
                    self.slots[level * Self.slotsPerLevel + digit] = kept
                    self.occupied[level] |= 1 << UInt64(digit)
                    self.count += kept.count
                }
                rest &= rest - 1
            }
        }
        if self.count == 0 { self.blocks.trim() }
    }

    /// Returns a slot with the entries for which `isWanted` returns true.
    ///
    /// The entries are packed into blocks of the same list. Blocks that become empty are returned
    /// to the free list.
    @inline(__always)
    private mutating func filter(
        _ blocks: UnsafeMutablePointer<WheelBlocks.Block>?,
        _ fetch: (WheelEntry) -> Void,
        _ isWanted: (WheelEntry) -> Bool
    ) -> Slot {
        var kept = Slot()
        var next = blocks
        while let block = next {
            next = block.pointee.next
            let entries = WheelBlocks.entries(block)
            let count = block.pointee.count
            block.pointee.count = 0
            for index in 0..<count { fetch(entries[index]) }
            for index in 0..<count where isWanted(entries[index]) {
                let entry = entries[index]
                let target = kept.blocks.flatMap { WheelBlocks.hasRoom($0) ? $0 : nil } ?? block
                WheelBlocks.append(entry, to: target)
                kept.count &+= 1
                kept.earliest = min(kept.earliest, entry.due)
            }
            if block.pointee.count == 0 {
                self.blocks.giveBack(block)
            } else {
                block.pointee.next = kept.blocks
                kept.blocks = block
            }
        }
        return kept
    }

    /// The slot with the next entries, or `nil` if the wheel is empty.
    private var firstSlot: (level: Int, digit: Int)? {
        for level in 0..<Self.levels where self.occupied[level] != 0 {
            return (level, self.occupied[level].trailingZeroBitCount)
        }
        return nil
    }

    /// Returns a number whose digits below `level` are all 63 and the others 0.
    private static func lowDigits(_ level: Int) -> Int64 {
        (1 << Int64(level * Self.digitBits)) - 1
    }

    /// Returns the first time that belongs to a slot.
    private func start(ofSlot digit: Int, _ level: Int) -> Int64 {
        let width = Int64(level * Self.digitBits)
        // On the highest level this shifts by more bits than a word has, which gives 0.
        let above = (self.base >> (width + 6)) << (width + 6)
        return above | (Int64(digit) << width)
    }

    /// Returns the position of the highest digit in which `time` differs from `base`.
    @inline(__always)
    private func level(_ time: Int64) -> Int {
        let difference = UInt64(bitPattern: time ^ self.base) | 1
        return (63 &- difference.leadingZeroBitCount) / Self.digitBits
    }

    @inline(__always)
    private static func digit(_ time: Int64, _ level: Int) -> Int {
        Int(truncatingIfNeeded: time >> Int64(level &* Self.digitBits)) & 63
    }

    /// Empties a slot.
    ///
    /// - Returns: The blocks with its entries, which the caller must give back.
    private mutating func takeOut(
        _ level: Int,
        _ digit: Int
    ) -> UnsafeMutablePointer<WheelBlocks.Block>? {
        let slot = self.slots + (level * Self.slotsPerLevel + digit)
        defer { slot.pointee = Slot() }
        self.count -= slot.pointee.count
        self.occupied[level] &= ~(1 << UInt64(digit))
        return slot.pointee.blocks
    }

    /// Inserts the entries of a slot that was emptied, and gives its blocks back.
    private mutating func putBack(_ blocks: UnsafeMutablePointer<WheelBlocks.Block>?) {
        var next = blocks
        while let block = next {
            let entries = WheelBlocks.entries(block)
            for index in 0..<block.pointee.count { self.insert(entries[index]) }
            next = self.blocks.giveBack(block)
        }
    }
}
