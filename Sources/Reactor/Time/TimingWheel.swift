// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

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
        if block == nil || block.unsafelyUnwrapped.pointee.count == WheelBlocks.Block.capacity {
            block = self.blocks.take(before: block)
            slot.pointee.blocks = block
            self.occupied[level] |= 1 << UInt64(digit)
        }
        // There is one by now, and it has room.
        let target = block.unsafelyUnwrapped
        WheelBlocks.entries(target)[target.pointee.count] = entry
        target.pointee.count &+= 1
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
            self.putBack(self.takeOut(level, digit), fetches: false) { _ in true }
        }
        self.base = time
        if self.count == 0 { self.blocks.trim() }
        return nil
    }

    /// Takes out everything for which `isWanted` is false.
    mutating func filter(_ isWanted: (WheelEntry) -> Bool) {
        for level in 0..<Self.levels {
            var rest = self.occupied[level]
            while rest != 0 {
                let blocks = self.takeOut(level, rest.trailingZeroBitCount)
                self.putBack(blocks, fetches: true, where: isWanted)
                rest &= rest - 1
            }
        }
        if self.count == 0 { self.blocks.trim() }
    }

    /// Calls `body` with each entry, in no order.
    func forEach(_ body: (WheelEntry) -> Void) {
        for index in 0..<(Self.levels * Self.slotsPerLevel) {
            var next = self.slots[index].blocks
            while let block = next {
                for place in 0..<block.pointee.count { body(WheelBlocks.entries(block)[place]) }
                next = block.pointee.next
            }
        }
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

    /// Inserts the wanted entries of a slot that was emptied, and gives its blocks back.
    ///
    /// - Parameter fetches: whether `isWanted` looks at the calls, so that they are fetched before.
    @inline(__always)
    private mutating func putBack(
        _ blocks: UnsafeMutablePointer<WheelBlocks.Block>?,
        fetches: Bool,
        where isWanted: (WheelEntry) -> Bool
    ) {
        var next = blocks
        while let block = next {
            let entries = WheelBlocks.entries(block)
            if fetches {
                for place in 0..<block.pointee.count {
                    cspawn_prefetch(entries[place].call.toOpaque())
                }
            }
            for place in 0..<block.pointee.count where isWanted(entries[place]) {
                self.insert(entries[place])
            }
            next = self.blocks.giveBack(block)
        }
    }
}
