// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reactor

/// The raw storage for results, `Slot`.
@Suite struct `Slots of deferreds` {
    /// The owner of a slot, which is a class like `Chain`, because a slot must not move.
    private final class Holder {
        var slot = Slot()
        deinit { self.slot.clear() }
    }

    /// An object that counts the living instances in a tally.
    private final class Counted {
        let tally: Tally
        init(_ tally: Tally) {
            self.tally = tally
            tally.living += 1
        }
        deinit { self.tally.living -= 1 }
    }

    private final class Tally {
        var living = 0
    }

    private struct Five {
        var numbers = (1, 2, 3, 4)
        var object: Counted
    }

    private struct Weak {
        weak var object: Counted?
    }

    /// Stores, moves, takes and clears a value, and checks that each copy is destroyed once.
    private func roundTrip<T>(_ make: (Counted) -> T, _ read: (T) -> Counted?) {
        let tally = Tally()
        do {
            let object = Counted(tally)
            let (first, second) = (Holder(), Holder())
            first.slot.put(make(object))
            first.slot.move(to: &second.slot)
            #expect(first.slot.content == nil)
            #expect(read(second.slot.take(T.self)) === object)
            second.slot.put(make(object))
            first.slot.put(make(object))
            first.slot.clear()
            #expect(tally.living == 1)
        }
        #expect(tally.living == 0)
    }

    @Test func `a slot returns a value that fits in place unchanged and destroys it once`() {
        self.roundTrip({ $0 }, { $0 })
        self.roundTrip({ ($0, 1, 2) }, { $0.0 })
        self.roundTrip({ [$0] }, { $0.first })
        self.roundTrip({ object in { object } }, { $0() })
    }

    @Test func `a slot returns a value that needs a heap cell unchanged and destroys it once`() {
        self.roundTrip({ Five(object: $0) }, { $0.object })
        self.roundTrip({ $0 as Any }, { $0 as? Counted })
    }

    @Test func `a slot moves a value with a weak reference correctly`() {
        self.roundTrip({ Weak(object: $0) }, { $0.object })
    }

    @Test func `a slot stores values of size zero and values with a large alignment`() {
        let holder = Holder()
        holder.slot.put(())
        holder.slot.take(Void.self)
        holder.slot.put(SIMD4<Double>(1, 2, 3, 4))
        let other = Holder()
        holder.slot.move(to: &other.slot)
        #expect(other.slot.take(SIMD4<Double>.self) == SIMD4(1, 2, 3, 4))
    }

    @Test func `a slot stores an error of any size as any Error`() {
        struct Large: Error {
            var numbers = (1, 2, 3, 4)
        }
        let holder = Holder()
        holder.slot.putError(Large())
        #expect(holder.slot.take((any Error).self) is Large)
    }

    @Test func `reading a slot as another type than the stored one stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let holder = Holder()
            holder.slot.put(1)
            _ = holder.slot.take(UInt.self)
        }
    }

    @Test func `reading an empty slot or filling a full slot stops the program`() async {
        await #expect(processExitsWith: .failure) { _ = Holder().slot.take(Int.self) }
        await #expect(processExitsWith: .failure) {
            let holder = Holder()
            holder.slot.put(1)
            holder.slot.put(1)
        }
    }
}
