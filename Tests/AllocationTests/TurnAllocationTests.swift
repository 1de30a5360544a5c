// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Reactor
import Testing

/// The loop itself: its wait, its steps, and one call that is due in the next turn.
@Suite(.countsAllocations, .serialized, .timeLimit(.minutes(5)))
struct `Without an allocation the loop` {
    /// Makes a call for the next turn in each, and notes what the later ones allocate.
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

    @Test func `turns, with a call in each that a nanosecond has made due`() {
        let turns = Turns(.nanoseconds(1))
        turns.run()
        #expect(turns.count == 0)
    }

    @Test(.optimized) func `turns, with a call in each that the turn before has made for now`() {
        let turns = Turns(.zero)
        turns.run()
        #expect(turns.count == 0)
    }
}
