// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// Delayed calls use memory that the queue already has.
///
/// The closures here capture a single object, for which Swift allocates no memory. Another call is
/// pending all the time, as in most programs, because a large queue that becomes empty gives its
/// memory back.
@Suite(.countsAllocations, .timeLimit(.minutes(5))) struct `Allocations of delayed calls` {
    private final class Owner {
        var fired = 0
    }

    private let owner = Owner()

    /// Returns the number of allocations of `body` in a turn of a real reactor, the second time.
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

    /// Returns the number of allocations of `body` with a test clock, after ten other runs.
    private func allocationsOnClock(_ body: (TestClock) -> Void) -> Int {
        let clock = TestClock()
        clock.callLater(.seconds(10_000_000)) {}
        for _ in 0..<10 { body(clock) }
        return allocations { body(clock) }
    }

    @Test func `a call that is made and cancelled allocates nothing`() {
        let owner = self.owner
        let count = self.allocationsInTurn { reactor in
            for number in 0..<1000 {
                reactor.callLater(.milliseconds(number)) { owner.fired += 1 }.cancel()
            }
        }
        #expect(count == 0)
        #expect(owner.fired == 0)
    }

    @Test func `a call that is moved to a later or an earlier time allocates nothing`() {
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
    func `a call that is made and runs allocates nothing`(delay: Duration) {
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

    @Test func `a call that runs among a thousand others allocates nothing`() {
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
