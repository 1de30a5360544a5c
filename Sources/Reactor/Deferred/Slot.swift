// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Room for one value of any type: three words in place, and a heap cell for what is larger.
///
/// This is what lets `Chain` be one non-generic class. A generic class per link costs four times as
/// much, and an `Any` allocates for each value above three words and casts dynamically on each
/// read.
///
/// Why this raw storage is sound:
/// - `content` names the type whose value the storage holds; `nil` means empty. `put` sets it,
///   `take`, `move` and `clear` clear it, and nothing else writes the storage: the two always
///   agree.
/// - `take` compares `content` with the type it is asked for and stops the program when they
///   differ. Memory is never read as another type than it was written as, whatever a caller does.
/// - `put` and `move` require an empty destination: nothing is overwritten without being destroyed.
/// - A value is held in place only when its size and alignment fit; a cell is allocated with the
///   alignment of the type.
/// - A value goes from slot to slot through its own type (`moveInitialize`), so types that must not
///   be moved bit by bit (those with a `weak` reference in them) are safe. For the same reason a
///   slot is only ever a stored property of a class (`Chain`, `ChainTeardown`): the storage itself
///   never moves.
/// - The struct is not copyable, so a value has one owner. It has no `deinit`, because that could
///   not destroy in place: both owners call `clear` in theirs.
@usableFromInline
struct Slot: ~Copyable {
    @usableFromInline typealias Words = (UInt, UInt, UInt)

    @usableFromInline var words: Words = (0, 0, 0)
    /// The type of the value inside; `nil` when the slot is empty.
    @usableFromInline var content: Any.Type?
    /// Nothing has to be done when the value inside goes, and its words may be copied.
    @usableFromInline var isTrivial = true

    @inlinable
    init() {}

    /// Puts a value into an empty slot.
    ///
    /// For an error use `putError`: given an `any Error`, this one would open it and store the type
    /// inside, which nobody could ask for again.
    @inlinable
    mutating func put<T>(_ value: T) {
        precondition(self.content == nil, "a slot holds one value")
        if Slot.isInline(T.self) {
            withUnsafeMutableBytes(of: &self.words) {
                _ = $0.baseAddress!.initializeMemory(as: T.self, to: value)
            }
            self.isTrivial = _isPOD(T.self)
        } else {
            let cell = UnsafeMutablePointer<T>.allocate(capacity: 1)
            cell.initialize(to: value)
            self.words.0 = UInt(bitPattern: cell)
            self.isTrivial = false
        }
        self.content = T.self
    }

    /// Puts an error, as `any Error`, into an empty slot.
    @inlinable
    mutating func putError(_ error: any Error) {
        precondition(self.content == nil, "a slot holds one value")
        withUnsafeMutableBytes(of: &self.words) {
            _ = $0.baseAddress!.initializeMemory(as: (any Error).self, to: error)
        }
        self.isTrivial = false
        self.content = (any Error).self
    }

    /// Takes the value out; stops the program when the slot holds none of this very type.
    @inlinable
    mutating func take<T>(_ type: T.Type) -> T {
        precondition(self.content == T.self, "a slot is read as what was put into it")
        self.content = nil
        self.isTrivial = true
        if Slot.isInline(T.self) {
            return withUnsafeMutableBytes(of: &self.words) {
                $0.baseAddress!.assumingMemoryBound(to: T.self).move()
            }
        }
        let cell = UnsafeMutablePointer<T>(bitPattern: self.words.0)!
        defer { cell.deallocate() }
        return cell.move()
    }

    /// Moves the value, if there is one, into another slot, which must be empty.
    mutating func move(to other: inout Slot) {
        precondition(other.content == nil, "a slot holds one value")
        guard let content = self.content else { return }
        if self.isTrivial {
            other.words = self.words
        } else {
            withUnsafeMutableBytes(of: &self.words) { source in
                withUnsafeMutableBytes(of: &other.words) { target in
                    Slot.move(content, from: source.baseAddress!, to: target.baseAddress!)
                }
            }
        }
        other.content = content
        other.isTrivial = self.isTrivial
        self.content = nil
        self.isTrivial = true
    }

    /// Destroys the value inside, if there is one.
    mutating func clear() {
        guard let content = self.content else { return }
        let isTrivial = self.isTrivial
        self.content = nil
        self.isTrivial = true
        if !isTrivial {
            withUnsafeMutableBytes(of: &self.words) { Slot.destroy(content, at: $0.baseAddress!) }
        }
    }

    @inlinable
    static func isInline<T>(_ type: T.Type) -> Bool {
        MemoryLayout<T>.size <= MemoryLayout<Words>.size
            && MemoryLayout<T>.alignment <= MemoryLayout<Words>.alignment
    }

    private static func move<T>(
        _ type: T.Type,
        from source: UnsafeMutableRawPointer,
        to target: UnsafeMutableRawPointer
    ) {
        if Slot.isInline(T.self) {
            _ = target.moveInitializeMemory(
                as: T.self,
                from: source.assumingMemoryBound(to: T.self),
                count: 1
            )
        } else {
            target.copyMemory(from: source, byteCount: MemoryLayout<UInt>.size)
        }
    }

    private static func destroy<T>(_ type: T.Type, at storage: UnsafeMutableRawPointer) {
        if Slot.isInline(T.self) {
            storage.assumingMemoryBound(to: T.self).deinitialize(count: 1)
        } else {
            let cell = UnsafeMutablePointer<T>(
                bitPattern: storage.loadUnaligned(as: UInt.self)
            )!
            cell.deinitialize(count: 1)
            cell.deallocate()
        }
    }
}
