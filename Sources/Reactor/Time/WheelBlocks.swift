// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Blocks of entries for the slots of a wheel, taken from a few large pieces of memory and used
/// again.
///
/// Not one array a slot: growing and freeing those in the middle of a million small frees makes
/// malloc put all its free pieces in order each time, which took 40 % of the time of firing a
/// timer.
struct WheelBlocks: ~Copyable {
    /// A list of entries that was filled from the front; the entries follow it in memory.
    struct Block {
        var next: UnsafeMutablePointer<Block>?
        var count: Int

        /// Fills eight cache lines together with the two words above.
        static let capacity = 31
        static let bytes = 512
    }

    private var free: UnsafeMutablePointer<Block>?
    private var pieces: [UnsafeMutableRawPointer] = []
    private var used = 0

    deinit {
        for piece in self.pieces { Glibc.free(piece) }
    }

    /// The entries of a block, those beyond its count not initialised.
    @inline(__always)
    static func entries(_ block: UnsafeMutablePointer<Block>) -> UnsafeMutablePointer<WheelEntry> {
        let start = UnsafeMutableRawPointer(block) + MemoryLayout<Block>.size
        return start.assumingMemoryBound(to: WheelEntry.self)
    }

    /// Whether another entry fits into a block.
    @inline(__always)
    static func hasRoom(_ block: UnsafeMutablePointer<Block>) -> Bool {
        block.pointee.count < Block.capacity
    }

    /// Adds an entry to a block that has room.
    @inline(__always)
    static func append(_ entry: WheelEntry, to block: UnsafeMutablePointer<Block>) {
        self.entries(block)[block.pointee.count] = entry
        block.pointee.count &+= 1
    }

    /// An empty block in front of `next`.
    mutating func take(before next: UnsafeMutablePointer<Block>?) -> UnsafeMutablePointer<Block> {
        if self.free == nil { self.addPiece() }
        // There is one now.
        let block = self.free.unsafelyUnwrapped
        self.free = block.pointee.next
        block.pointee = Block(next: next, count: 0)
        self.used += 1
        return block
    }

    /// Gives a block back; its entries are somebody else's by now.
    ///
    /// - Returns: the block after it.
    @discardableResult
    mutating func giveBack(_ block: UnsafeMutablePointer<Block>) -> UnsafeMutablePointer<Block>? {
        let next = block.pointee.next
        block.pointee.next = self.free
        self.free = block
        self.used -= 1
        return next
    }

    /// Once nothing is used any more, all pieces go back to the system if there are several.
    mutating func trim() {
        guard self.used == 0, self.pieces.count > 1 else { return }
        for piece in self.pieces { Glibc.free(piece) }
        self.pieces = []
        self.free = nil
    }

    /// Four blocks the first time, and four times as many each time, up to a large page.
    private mutating func addPiece() {
        let bytes = min((4 * Block.bytes) << (2 * min(self.pieces.count, 5)), LargeMemory.pageSize)
        guard let piece = LargeMemory.allocate(bytes) else {
            stopProgram("There is no memory for delayed calls.")
        }
        let count = bytes / Block.bytes
        self.pieces.append(piece)
        for index in 0..<count {
            let block = (piece + index * Block.bytes).bindMemory(to: Block.self, capacity: 1)
            block.initialize(to: Block(next: self.free, count: 0))
            self.free = block
        }
    }
}
