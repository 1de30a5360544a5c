// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Memory for elements that are known by their place, in pieces that never move.
///
/// One piece that is doubled would be copied, or moved page by page, each time, and could not have
/// large pages. The first piece is small and grows, since most reactors have few delayed calls.
struct Segments<Element>: ~Copyable {
    /// What a piece of full size holds: of records of 40 bytes five large pages exactly.
    private static var pieceShift: Int { 18 }
    private static var pieceCapacity: Int { 1 << Self.pieceShift }
    private static var smallest: Int { 16 }
    /// Up to here the first piece is doubled; then it gets its full size, on large pages, which as
    /// many elements fill at least by half.
    private static var largestDoubled: Int { 1 << 15 }

    private var pieces: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
    private var pieceCount = 1
    /// How many elements there is room for.
    private var capacity = Self.smallest

    init() {
        self.pieces = .allocate(capacity: 1)
        self.pieces.initialize(
            to: Self.checked(malloc(Self.smallest * MemoryLayout<Element>.stride))
        )
    }

    deinit {
        for piece in 0..<self.pieceCount { free(self.pieces[piece]) }
        self.pieces.deallocate()
    }

    /// Finds elements, until room is made the next time.
    struct Places {
        fileprivate let pieces: UnsafeMutablePointer<UnsafeMutablePointer<Element>>

        @inline(__always)
        subscript(place: Int) -> UnsafeMutablePointer<Element> {
            self.pieces[place >> pieceShift] + (place & (pieceCapacity - 1))
        }
    }

    var places: Places {
        @inline(__always) get { Places(pieces: self.pieces) }
    }

    /// Where the element of a place is, which there must be room for.
    @inline(__always)
    subscript(place: Int) -> UnsafeMutablePointer<Element> {
        self.places[place]
    }

    /// Whether it is worth a ``trim()``.
    var isLarge: Bool { self.capacity > 1024 }

    /// Makes sure that there is room for the next place.
    @inline(__always)
    mutating func makeRoom(for place: Int) {
        if place == self.capacity { self.grow() }
    }

    /// Goes back to the smallest size; no place may be in use.
    mutating func trim() {
        for piece in 1..<self.pieceCount { free(self.pieces[piece]) }
        self.pieceCount = 1
        self.resizeFirst(to: Self.smallest)
    }

    private mutating func grow() {
        if self.capacity < Self.largestDoubled {
            return self.resizeFirst(to: self.capacity * 2)
        }
        if self.capacity < Self.pieceCapacity { return self.completeFirst() }
        let pieces = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(
            capacity: self.pieceCount + 1
        )
        pieces.moveInitialize(from: self.pieces, count: self.pieceCount)
        (pieces + self.pieceCount).initialize(to: Self.newPiece())
        self.pieces.deallocate()
        self.pieces = pieces
        self.pieceCount += 1
        self.capacity += Self.pieceCapacity
    }

    /// By realloc(3): elements may be moved as bytes, and nothing points at them.
    private mutating func resizeFirst(to capacity: Int) {
        let moved = realloc(self.pieces[0], capacity * MemoryLayout<Element>.stride)
        self.pieces[0] = Self.checked(moved)
        self.capacity = capacity
    }

    /// As bytes, too.
    private mutating func completeFirst() {
        let piece = Self.newPiece()
        memcpy(piece, self.pieces[0], self.capacity * MemoryLayout<Element>.stride)
        free(self.pieces[0])
        self.pieces[0] = piece
        self.capacity = Self.pieceCapacity
    }

    private static func newPiece() -> UnsafeMutablePointer<Element> {
        Self.checked(LargeMemory.allocate(Self.pieceCapacity * MemoryLayout<Element>.stride))
    }

    private static func checked(
        _ memory: UnsafeMutableRawPointer?
    ) -> UnsafeMutablePointer<Element> {
        guard let memory else { stopProgram("There is no memory for delayed calls.") }
        return memory.assumingMemoryBound(to: Element.self)
    }
}
