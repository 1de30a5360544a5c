// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Entries that are out of the wheel: those whose time has come, in the order in which they run, or
/// those that go back in.
struct DueEntries: ~Copyable {
    private var start: UnsafeMutablePointer<WheelEntry>
    private var capacity = 64
    private(set) var count = 0
    /// The next to be taken.
    private var next = 0

    /// What is kept for the next time, in entries.
    private static let keptCapacity = 64 * 1024

    init() {
        self.start = .allocate(capacity: self.capacity)
    }

    deinit {
        self.start.deallocate()
    }

    /// Those that have not been taken.
    var rest: UnsafeMutableBufferPointer<WheelEntry> {
        UnsafeMutableBufferPointer(start: self.start + self.next, count: self.count - self.next)
    }

    @inline(__always)
    mutating func append(_ entry: WheelEntry) {
        if self.count == self.capacity { self.grow(for: 1) }
        self.start[self.count] = entry
        self.count &+= 1
    }

    mutating func append(_ entries: UnsafeMutablePointer<WheelEntry>, count: Int) {
        if self.count + count > self.capacity { self.grow(for: count) }
        (self.start + self.count).update(from: entries, count: count)
        self.count += count
    }

    /// Keeps those that have not been taken and for which `body` gives something, as what it gives.
    mutating func replaceRest(_ body: (WheelEntry) -> WheelEntry?) {
        var kept = self.next
        for place in self.next..<self.count {
            guard let entry = body(self.start[place]) else { continue }
            self.start[kept] = entry
            kept += 1
        }
        self.count = kept
    }

    /// The next one, or nil when all have been taken.
    mutating func popFirst() -> WheelEntry? {
        guard self.next < self.count else {
            self.removeAll()
            return nil
        }
        defer { self.next += 1 }
        return self.start[self.next]
    }

    /// Forgets them all.
    mutating func removeAll() {
        self.count = 0
        self.next = 0
        guard self.capacity > Self.keptCapacity else { return }
        self.start.deallocate()
        self.capacity = 64
        self.start = .allocate(capacity: self.capacity)
    }

    private mutating func grow(for more: Int) {
        let capacity = max(self.capacity * 2, self.count + more)
        let larger = UnsafeMutablePointer<WheelEntry>.allocate(capacity: capacity)
        larger.update(from: self.start, count: self.count)
        self.start.deallocate()
        self.start = larger
        self.capacity = capacity
    }
}
