// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An array of elements in segments of memory that are never copied once they have their full size.
///
/// A single array that doubles its size would be copied each time, or moved page by page, and could
/// not use large pages. The first segment starts small and grows, because most reactors have few
/// delayed calls. The elements are not initialized here.
struct Segments<Element>: ~Copyable {
    /// The binary logarithm of the capacity of a full segment.
    ///
    /// Records of 40 bytes then fill exactly five large pages.
    private static var segmentShift: Int { 18 }
    private static var segmentCapacity: Int { 1 << Self.segmentShift }
    private static var smallestCapacity: Int { 16 }
    /// The capacity up to which the first segment doubles.
    ///
    /// At this capacity the first segment does not double again, but gets its full size on large
    /// pages. This number of records of 40 bytes fills more than half of the first large page.
    private static var largestDoubled: Int { 1 << 15 }

    private var segments: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
    private var segmentCount = 1
    /// The number of elements that fit into the segments.
    private var capacity = Self.smallestCapacity

    init() {
        self.segments = .allocate(capacity: 1)
        self.segments.initialize(
            to: Self.checked(malloc(Self.smallestCapacity * MemoryLayout<Element>.stride))
        )
    }

    deinit {
        for index in 0..<self.segmentCount { free(self.segments[index]) }
        self.segments.deallocate()
    }

    /// The address of the element at an index below the capacity, valid until the capacity changes.
    @inline(__always)
    subscript(index: Int) -> UnsafeMutablePointer<Element> {
        self.segments[index >> Self.segmentShift] + (index & (Self.segmentCapacity - 1))
    }

    /// Whether the memory is large enough to be worth a ``trim()``.
    var isLarge: Bool { self.capacity > 1024 }

    /// Makes room for the element at `index`, which must not exceed the capacity.
    @inline(__always)
    mutating func makeRoom(for index: Int) {
        if index == self.capacity { self.grow() }
    }

    /// Goes back to the smallest capacity; no element may be in use.
    mutating func trim() {
        for index in 1..<self.segmentCount { free(self.segments[index]) }
        self.segmentCount = 1
        self.resizeFirst(to: Self.smallestCapacity)
    }

    private mutating func grow() {
        if self.capacity < Self.largestDoubled {
            return self.resizeFirst(to: self.capacity * 2)
        }
        if self.capacity < Self.segmentCapacity { return self.completeFirst() }
        let segments = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(
            capacity: self.segmentCount + 1
        )
        segments.moveInitialize(from: self.segments, count: self.segmentCount)
        (segments + self.segmentCount).initialize(to: Self.newSegment())
        self.segments.deallocate()
        self.segments = segments
        self.segmentCount += 1
        self.capacity += Self.segmentCapacity
    }

    /// Resizes the first segment with realloc(3), which may move its elements.
    ///
    /// The bytes of a Swift value can be copied to another address if the original is no longer
    /// used. No caller keeps the address of an element while the capacity changes.
    private mutating func resizeFirst(to capacity: Int) {
        let moved = realloc(self.segments[0], capacity * MemoryLayout<Element>.stride)
        self.segments[0] = Self.checked(moved)
        self.capacity = capacity
    }

    /// Moves the elements of the first segment to a segment of full size on large pages.
    private mutating func completeFirst() {
        let segment = Self.newSegment()
        memcpy(segment, self.segments[0], self.capacity * MemoryLayout<Element>.stride)
        free(self.segments[0])
        self.segments[0] = segment
        self.capacity = Self.segmentCapacity
    }

    private static func newSegment() -> UnsafeMutablePointer<Element> {
        Self.checked(LargeMemory.allocate(Self.segmentCapacity * MemoryLayout<Element>.stride))
    }

    private static func checked(
        _ memory: UnsafeMutableRawPointer?
    ) -> UnsafeMutablePointer<Element> {
        guard let memory else { stopProgram("Out of memory for delayed calls.") }
        return memory.assumingMemoryBound(to: Element.self)
    }
}
