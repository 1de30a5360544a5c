// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Fixed-size blocks of entries for the slots of a wheel, allocated in large chunks and reused.
///
/// One array per slot would be simpler, but growing and freeing 700 arrays between a million small
/// frees makes malloc sort all its free chunks each time. That took 40 % of the time of firing a
/// delayed call.
struct WheelBlocks: ~Copyable {
    /// The header of a block; the entries follow it in memory.
    struct Block {
        var next: UnsafeMutablePointer<Block>?
        /// The number of entries, which fill the block from the front.
        var count: Int

        /// The header and this number of entries fill eight cache lines.
        static let capacity = 31
        static let bytes = 512
    }

    private var free: UnsafeMutablePointer<Block>?
    private var chunks: [UnsafeMutableRawPointer] = []
    /// The number of blocks in use.
    private var used = 0

    deinit {
        for chunk in self.chunks { Glibc.free(chunk) }
    }

    /// Returns the entries of a block; those beyond its count are not initialized.
    @inline(__always)
    static func entries(_ block: UnsafeMutablePointer<Block>) -> UnsafeMutablePointer<WheelEntry> {
        let start = UnsafeMutableRawPointer(block) + MemoryLayout<Block>.size
        return start.assumingMemoryBound(to: WheelEntry.self)
    }

    /// Returns whether another entry fits into a block.
    @inline(__always)
    static func hasRoom(_ block: UnsafeMutablePointer<Block>) -> Bool {
        block.pointee.count < Block.capacity
    }

    /// Appends an entry to a block that has room.
    @inline(__always)
    static func append(_ entry: WheelEntry, to block: UnsafeMutablePointer<Block>) {
        self.entries(block)[block.pointee.count] = entry
        block.pointee.count &+= 1
    }

    /// Returns an empty block, linked in front of `next`.
    mutating func take(before next: UnsafeMutablePointer<Block>?) -> UnsafeMutablePointer<Block> {
        if self.free == nil { self.addChunk() }
        // The line above has made sure that there is a free block.
        let block = self.free.unsafelyUnwrapped
        self.free = block.pointee.next
        block.pointee = Block(next: next, count: 0)
        self.used += 1
        return block
    }

    /// Returns a block, whose entries have been copied elsewhere, to the free list.
    ///
    /// - Returns: The block that followed it.
    @discardableResult
    mutating func giveBack(_ block: UnsafeMutablePointer<Block>) -> UnsafeMutablePointer<Block>? {
        let next = block.pointee.next
        block.pointee.next = self.free
        self.free = block
        self.used -= 1
        return next
    }

    /// Frees all chunks if there are several of them and no block is in use.
    ///
    /// A single chunk is small and is kept for the next call.
    mutating func trim() {
        guard self.used == 0, self.chunks.count > 1 else { return }
        for chunk in self.chunks { Glibc.free(chunk) }
        self.chunks = []
        self.free = nil
    }

    /// Adds a chunk: four blocks the first time, then four times as many each time, up to the size
    /// of a large page.
    private mutating func addChunk() {
        let bytes = min((4 * Block.bytes) << (2 * min(self.chunks.count, 5)), LargeMemory.pageSize)
        guard let chunk = LargeMemory.allocate(bytes) else {
            stopProgram("Out of memory for delayed calls.")
        }
        let count = bytes / Block.bytes
        self.chunks.append(chunk)
        for index in 0..<count {
            let block = (chunk + index * Block.bytes).bindMemory(to: Block.self, capacity: 1)
            block.initialize(to: Block(next: self.free, count: 0))
            self.free = block
        }
    }
}
