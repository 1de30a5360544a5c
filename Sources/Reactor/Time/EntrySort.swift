// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Sorts entries in place, without memory of its own.
///
/// The library's sort takes a scratch buffer from malloc each time, which costs more than the
/// sorting (see ``WheelBlocks``). Quicksort with the median of three; what it does badly goes to a
/// heap sort.
struct EntrySort {
    typealias Entries = UnsafeMutableBufferPointer<WheelEntry>

    /// What the places of the entries are places of; none may be stale.
    let records: Segments<CallRecords.Record>.Places

    private static let insertionLimit = 16

    func sort(_ entries: Entries) {
        let depth = 2 * (Int.bitWidth - entries.count.leadingZeroBitCount)
        self.quicksort(entries, depth)
    }

    /// Whether the first comes up before the second: by deadline, and among equal ones in the order
    /// in which they were made or moved.
    @inline(__always)
    private func precedes(_ first: WheelEntry, _ second: WheelEntry) -> Bool {
        guard first.due == second.due else { return first.due < second.due }
        // Read only for ties: each record is a cache line of its own.
        return self.sequence(first) < self.sequence(second)
    }

    @inline(__always)
    private func sequence(_ entry: WheelEntry) -> UInt64 {
        self.records[Int(entry.place)].pointee.sequence
    }

    private func quicksort(_ all: Entries, _ depth: Int) {
        var entries = all
        var depth = depth
        while entries.count > Self.insertionLimit {
            guard depth > 0 else { return self.heapsort(entries) }
            depth -= 1
            let middle = self.partition(entries)
            let low = Entries(rebasing: entries[..<middle])
            let high = Entries(rebasing: entries[middle...])
            // The shorter part by a call, the longer by the loop: the stack stays short.
            self.quicksort(low.count < high.count ? low : high, depth)
            entries = low.count < high.count ? high : low
        }
        self.insertionSort(entries)
    }

    /// Hoare's partition: everything before the result precedes, or ties with, everything from it
    /// on.
    private func partition(_ entries: Entries) -> Int {
        let pivot = self.median(entries[0], entries[entries.count / 2], entries[entries.count - 1])
        var low = 0
        var high = entries.count - 1
        while true {
            while self.precedes(entries[low], pivot) { low += 1 }
            while self.precedes(pivot, entries[high]) { high -= 1 }
            guard low < high else { return max(low, 1) }
            entries.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    private func median(_ a: WheelEntry, _ b: WheelEntry, _ c: WheelEntry) -> WheelEntry {
        if self.precedes(a, b) { return self.precedes(b, c) ? b : (self.precedes(a, c) ? c : a) }
        return self.precedes(a, c) ? a : (self.precedes(b, c) ? c : b)
    }

    private func insertionSort(_ entries: Entries) {
        guard entries.count > 1 else { return }
        for index in 1..<entries.count {
            let entry = entries[index]
            var place = index
            while place > 0, self.precedes(entry, entries[place - 1]) {
                entries[place] = entries[place - 1]
                place -= 1
            }
            entries[place] = entry
        }
    }

    private func heapsort(_ entries: Entries) {
        for root in stride(from: entries.count / 2 - 1, through: 0, by: -1) {
            self.siftDown(entries, root, entries.count)
        }
        for end in stride(from: entries.count - 1, to: 0, by: -1) {
            entries.swapAt(0, end)
            self.siftDown(entries, 0, end)
        }
    }

    private func siftDown(_ entries: Entries, _ root: Int, _ end: Int) {
        var root = root
        while root * 2 + 1 < end {
            var child = root * 2 + 1
            if child + 1 < end, self.precedes(entries[child], entries[child + 1]) { child += 1 }
            guard self.precedes(entries[root], entries[child]) else { return }
            entries.swapAt(root, child)
            root = child
        }
    }
}
