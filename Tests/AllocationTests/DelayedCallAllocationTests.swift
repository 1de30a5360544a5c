// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// A delayed call is a record in memory that is there already.
///
/// Not counted is what its closure captures, unless that is one object: a closure refers to that
/// without a box. And another call waits all the time, as in a program that has something to do:
/// once nothing waits any more, a queue that was large gives its memory back.
@Suite(.countsAllocations, .timeLimit(.minutes(5))) struct `Without an allocation a delayed call` {
    private final class Owner {
        var fired = 0
    }

    private let owner = Owner()

    /// What `body` allocates in a turn of a real reactor, the second time.
    private func allocationsInTurn(_ body: @escaping (LibevReactor) -> Void) -> Int? {
        let reactor = LibevReactor()
        var count: Int?
        reactor.callLater(.seconds(10_000)) {}
        reactor.callWhenRunning {
            body(reactor)
            count = allocations { body(reactor) }
            reactor.stop()
        }
        reactor.run()
        return count
    }

    /// What `body` allocates with a clock, once it was done ten times.
    private func allocationsOnClock(_ body: (TestClock) -> Void) -> Int {
        let clock = TestClock()
        clock.callLater(.seconds(10_000_000)) {}
        for _ in 0..<10 { body(clock) }
        return allocations { body(clock) }
    }

    @Test func `is made and cancelled, at once or later`() {
        let owner = self.owner
        let count = self.allocationsInTurn { reactor in
            for number in 0..<1000 {
                reactor.callLater(.milliseconds(number)) { owner.fired += 1 }.cancel()
            }
        }
        #expect(count == 0)
        #expect(owner.fired == 0)
    }

    @Test func `is moved, later and earlier`() {
        let owner = self.owner
        let count = self.allocationsInTurn { reactor in
            let call = reactor.callLater(.seconds(5)) { owner.fired += 1 }
            for number in 0..<1000 {
                call.reset(.seconds(6))
                call.reset(.milliseconds(5000 - number))
            }
            call.cancel()
        }
        #expect(count == 0)
        #expect(owner.fired == 0)
    }

    @Test(arguments: [.zero, .microseconds(1), .milliseconds(7), .seconds(4000)] as [Duration])
    func `is made and runs`(delay: Duration) {
        let owner = self.owner
        let count = self.allocationsOnClock { clock in
            for _ in 0..<100 {
                clock.callLater(delay) { owner.fired += 1 }
                clock.advance(by: delay)
            }
        }
        #expect(count == 0)
        #expect(owner.fired == 1100)
    }

    @Test func `runs among a thousand others`() {
        let owner = self.owner
        let count = self.allocationsOnClock { clock in
            for number in 0..<1000 {
                clock.callLater(.milliseconds(number * 7 % 1000)) { owner.fired += 1 }
            }
            clock.advance(by: .seconds(1))
        }
        #expect(count == 0)
        #expect(owner.fired == 11_000)
    }
}
