// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Storage for one value of any type: three words in place, or a heap cell for a larger value.
///
/// This type allows `Chain` to be a single class that is not generic. One object of a generic class
/// for each link costs four times as much. Storage of type `Any` allocates for each value larger
/// than three words and needs a dynamic cast for each read.
///
/// The raw storage is sound for these reasons:
/// - `content` is the type of the stored value, or `nil` if the slot is empty. `put` and `putError`
///   set it, `take`, `move` and `clear` reset it, and no other code writes the storage. So
///   `content` always describes the storage correctly.
/// - `take` stops the program if the requested type is not `content`. So memory is never read as
///   another type than it was written as, whatever the caller does.
/// - `put`, `putError` and `move` require an empty destination. So no value is overwritten without
///   being destroyed.
/// - A value is stored in place only if its size and alignment fit. A heap cell is allocated with
///   the alignment of its type.
/// - `move` uses `moveInitialize` of the value's own type. So a type that must not be moved bit by
///   bit, such as a struct with a `weak` reference, is safe. For the same reason a slot may only be
///   part of a class instance (`Chain`, `ChainTeardown`), where its storage never moves.
/// - The struct is not copyable, so a value has one owner. The struct has no `deinit`,
///   because a `deinit` could not destroy the value in place. Both owners call `clear` when
///   they are destroyed.
@usableFromInline
struct Slot: ~Copyable {
    @usableFromInline typealias Words = (UInt, UInt, UInt)

    @usableFromInline var words: Words = (0, 0, 0)
    /// The type of the stored value, or `nil` if the slot is empty.
    @usableFromInline var content: Any.Type?
    /// Whether the words may be copied bit by bit and need no destruction; true for an empty slot.
    @usableFromInline var isTrivial = true

    @inlinable
    init() {}

    /// Stores a value in an empty slot.
    ///
    /// Use `putError` for an error. Given an `any Error`, this method would open the existential
    /// and store a value of the error's concrete type, which no reader asks for.
    @inlinable
    mutating func put<T>(_ value: T) {
        precondition(self.content == nil, "a slot holds only one value")
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

    /// Stores an error in an empty slot, as `any Error`.
    @inlinable
    mutating func putError(_ error: any Error) {
        precondition(self.content == nil, "a slot holds only one value")
        withUnsafeMutableBytes(of: &self.words) {
            _ = $0.baseAddress!.initializeMemory(as: (any Error).self, to: error)
        }
        self.isTrivial = false
        self.content = (any Error).self
    }

    /// Removes and returns the value, whose type must be exactly `type`.
    @inlinable
    mutating func take<T>(_ type: T.Type) -> T {
        precondition(self.content == T.self, "a slot must be read as the stored type")
        self.content = nil
        self.isTrivial = true
        if Slot.isInline(T.self) {
            return withUnsafeMutableBytes(of: &self.words) {
                $0.baseAddress!.assumingMemoryBound(to: T.self).move()
            }
        }
        // `put` has stored the address of the cell, which is not zero.
        let cell = UnsafeMutablePointer<T>(bitPattern: self.words.0)!
        defer { cell.deallocate() }
        return cell.move()
    }

    /// Moves the value, if there is one, to another slot, which must be empty.
    mutating func move(to other: inout Slot) {
        precondition(other.content == nil, "a slot holds only one value")
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

    /// Destroys the value, if there is one.
    mutating func clear() {
        guard let content = self.content else { return }
        let isTrivial = self.isTrivial
        self.content = nil
        self.isTrivial = true
        if !isTrivial {
            withUnsafeMutableBytes(of: &self.words) { Slot.destroy(content, at: $0.baseAddress!) }
        }
    }

    /// Whether values of this type are stored in place.
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
            // `put` has stored the address of the cell, which is not zero.
            let cell = UnsafeMutablePointer<T>(
                bitPattern: storage.loadUnaligned(as: UInt.self)
            )!
            cell.deinitialize(count: 1)
            cell.deallocate()
        }
    }
}
