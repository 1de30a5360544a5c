// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reactor

@Suite struct DeferredSlotTests {
    /// A slot must not move, so it lives in a class, as in `Chain`.
    private final class Holder {
        var slot = Slot()
        deinit { self.slot.clear() }
    }

    /// Counts how many of it live.
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

    /// Puts, moves and takes one value, and checks that it is neither lost nor kept.
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

    @Test func `values in place come out as they went in, and are destroyed once`() {
        self.roundTrip({ $0 }, { $0 })
        self.roundTrip({ ($0, 1, 2) }, { $0.0 })
        self.roundTrip({ [$0] }, { $0.first })
        self.roundTrip({ object in { object } }, { $0() })
    }

    @Test func `values that are too large for the slot come out as they went in`() {
        self.roundTrip({ Five(object: $0) }, { $0.object })
        self.roundTrip({ $0 as Any }, { $0 as? Counted })
    }

    @Test func `values that cannot be moved bit by bit are moved by their own type`() {
        self.roundTrip({ Weak(object: $0) }, { $0.object })
    }

    @Test func `values of no size and values with a large alignment are held too`() {
        let holder = Holder()
        holder.slot.put(())
        holder.slot.take(Void.self)
        holder.slot.put(SIMD4<Double>(1, 2, 3, 4))
        let other = Holder()
        holder.slot.move(to: &other.slot)
        #expect(other.slot.take(SIMD4<Double>.self) == SIMD4(1, 2, 3, 4))
    }

    @Test func `an error is kept as any Error, whatever its type`() {
        struct Large: Error {
            var numbers = (1, 2, 3, 4)
        }
        let holder = Holder()
        holder.slot.putError(Large())
        #expect(holder.slot.take((any Error).self) is Large)
    }

    @Test func `reading another type than was put stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let holder = Holder()
            holder.slot.put(1)
            _ = holder.slot.take(UInt.self)
        }
    }

    @Test func `reading an empty slot, or filling a full one, stops the program`() async {
        await #expect(processExitsWith: .failure) { _ = Holder().slot.take(Int.self) }
        await #expect(processExitsWith: .failure) {
            let holder = Holder()
            holder.slot.put(1)
            holder.slot.put(1)
        }
    }
}
