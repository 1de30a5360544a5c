// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Reactor
import Testing

/// Turns of the loop: the wait, the steps of the turn, and one call that is due in the next turn.
@Suite(.countsAllocations, .serialized, .timeLimit(.minutes(5)))
struct `Allocations of turns` {
    /// Makes one call in each turn for the next turn, and counts the allocations after a warm-up.
    private final class Turns {
        private let reactor = LibevReactor()
        private let delay: Duration
        private let warmUp = 100
        private let last = 1100
        private var number = 0
        private var before: UInt = 0
        private(set) var count: UInt?

        init(_ delay: Duration) {
            self.delay = delay
        }

        func run() {
            self.reactor.callLater(self.delay) { self.turn() }
            self.reactor.run()
        }

        private func turn() {
            self.number += 1
            if self.number == self.warmUp { self.before = allocation_counter_of_thread() }
            if self.number == self.last {
                self.count = allocation_counter_of_thread() - self.before
                return self.reactor.stop()
            }
            self.reactor.callLater(self.delay) { self.turn() }
        }
    }

    @Test func `a turn with a call that was made for a nanosecond later allocates nothing`() {
        let turns = Turns(.nanoseconds(1))
        turns.run()
        #expect(turns.count == 0)
    }

    @Test(.optimized) func `a turn with a call that was made without a delay allocates nothing`() {
        let turns = Turns(.zero)
        turns.run()
        #expect(turns.count == 0)
    }
}
