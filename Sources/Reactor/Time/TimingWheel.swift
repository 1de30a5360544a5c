// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Where the entries of delayed calls wait: a hierarchical timing wheel that is exact to the
/// nanosecond.
///
/// Deadlines are numbers to base 64. An entry lies on the level of the highest digit in which its
/// deadline differs from `base`, in the slot of that digit. So everything on a level comes up
/// before everything on the levels above, and what comes up within one slot of the lowest level
/// that has any is the next to come. When time passes a slot, all of it is due; when time enters
/// one, its entries move to lower levels. Each is moved a few times at most (three between a second
/// and a millisecond), always from one end of a block of memory to the other: a heap touches a cold
/// line for each halving of a million. After Varghese and Lauck, "Hashed and Hierarchical Timing
/// Wheels" (1987), scheme 7; the order within a slot, which theirs does not have, is made when it
/// comes up, a few hundred entries at a time.
struct TimingWheel: ~Copyable {
    /// The entries that lie in one slot, in no order.
    private struct Slot {
        var blocks: UnsafeMutablePointer<WheelBlocks.Block>?
        var count = 0
        /// No entry comes up before this; the first may be stale and come up never.
        var earliest = Int64.max
    }

    private static let digitBits = 6
    private static let slotsPerLevel = 64
    private static let levels = 11

    private let slots: UnsafeMutablePointer<Slot>
    /// For each level the slots that are not empty.
    private let occupied: UnsafeMutablePointer<UInt64>
    private var blocks = WheelBlocks()
    /// The time up to which everything has come up.
    private var base: Int64
    /// How many entries there are.
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

    /// Adds an entry that comes up at `base` or later.
    @inline(__always)
    mutating func insert(_ entry: WheelEntry) {
        let level = self.level(entry.due)
        let digit = Self.digit(entry.due, level)
        let slot = self.slots + (level &* Self.slotsPerLevel &+ digit)
        var block = slot.pointee.blocks
        if block == nil || !WheelBlocks.hasRoom(block.unsafelyUnwrapped) {
            block = self.blocks.take(before: block)
            slot.pointee.blocks = block
            self.occupied[level] |= 1 << UInt64(digit)
        }
        // There is one by now, and it has room.
        WheelBlocks.append(entry, to: block.unsafelyUnwrapped)
        slot.pointee.count &+= 1
        if entry.due < slot.pointee.earliest { slot.pointee.earliest = entry.due }
        self.count &+= 1
    }

    /// When the next entry comes up, at the earliest: it may be stale.
    var earliest: Int64? {
        self.firstSlot.map { self.slots[$0.level * Self.slotsPerLevel + $0.digit].earliest }
    }

    /// Moves the next entries that come up until `time` to `due`, in no order, but all before those
    /// that are left: few at a time, so that their sorting and their running stay in the cache.
    ///
    /// - Returns: the end of the time that they are of; nil once there are none, and `base` is then
    ///   `time`.
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
            // What is not due yet, or too much to be sorted at once, goes to lower levels.
            self.putBack(self.takeOut(level, digit))
        }
        self.base = time
        if self.count == 0 { self.blocks.trim() }
        return nil
    }

    /// Takes out everything for which `isWanted` is false.
    ///
    /// - Parameter fetch: called with some entries before `isWanted` is, to fetch what that reads.
    @inline(__always)
    mutating func filter(fetching fetch: (WheelEntry) -> Void, _ isWanted: (WheelEntry) -> Bool) {
        for level in 0..<Self.levels {
            var rest = self.occupied[level]
            while rest != 0 {
                let digit = rest.trailingZeroBitCount
                let blocks = self.takeOut(level, digit)
                let left = self.filter(blocks, fetch, isWanted)
                if left.count > 0 {
                    self.slots[level * Self.slotsPerLevel + digit] = left
                    self.occupied[level] |= 1 << UInt64(digit)
                    self.count += left.count
                }
                rest &= rest - 1
            }
        }
        if self.count == 0 { self.blocks.trim() }
    }

    /// What is left of a slot: the same blocks, as few as can be, all full but the first.
    @inline(__always)
    private mutating func filter(
        _ blocks: UnsafeMutablePointer<WheelBlocks.Block>?,
        _ fetch: (WheelEntry) -> Void,
        _ isWanted: (WheelEntry) -> Bool
    ) -> Slot {
        var left = Slot()
        var next = blocks
        while let block = next {
            next = block.pointee.next
            let entries = WheelBlocks.entries(block)
            let count = block.pointee.count
            block.pointee.count = 0
            for place in 0..<count { fetch(entries[place]) }
            for place in 0..<count where isWanted(entries[place]) {
                let entry = entries[place]
                let target = left.blocks.flatMap { WheelBlocks.hasRoom($0) ? $0 : nil } ?? block
                WheelBlocks.append(entry, to: target)
                left.count &+= 1
                left.earliest = min(left.earliest, entry.due)
            }
            if block.pointee.count == 0 {
                self.blocks.giveBack(block)
            } else {
                block.pointee.next = left.blocks
                left.blocks = block
            }
        }
        return left
    }

    /// More than this is spread over lower slots before it is sorted.
    private static let sortLimit = 512

    /// The slot whose entries come up first.
    private var firstSlot: (level: Int, digit: Int)? {
        for level in 0..<Self.levels where self.occupied[level] != 0 {
            return (level, self.occupied[level].trailingZeroBitCount)
        }
        return nil
    }

    /// The digits below those of a level, all of them 63.
    private static func lowDigits(_ level: Int) -> Int64 {
        (1 << Int64(level * Self.digitBits)) - 1
    }

    /// The first time that belongs to a slot.
    private func start(ofSlot digit: Int, _ level: Int) -> Int64 {
        let width = Int64(level * Self.digitBits)
        // The highest level has fewer digits than the others: shifting by all bits of a word gives
        // zero.
        let above = (self.base >> (width + 6)) << (width + 6)
        return above | (Int64(digit) << width)
    }

    /// The place of the highest digit in which `time` differs from `base`.
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
    /// - Returns: the blocks with what was in it, to be given back.
    private mutating func takeOut(_ level: Int, _ digit: Int) -> UnsafeMutablePointer<
        WheelBlocks.Block
    >? {
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
            for place in 0..<block.pointee.count { self.insert(entries[place]) }
            next = self.blocks.giveBack(block)
        }
    }
}
