// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// Delayed calls that outlive their reactor, and the objects that they keep alive.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Lifetime of delayed calls` {
    @Test(arguments: ReactorKind.allCases)
    func `a call that outlives its reactor is inactive and harmless`(kind: ReactorKind) {
        var call: DelayedCall?
        var ran = false
        kind.withReactor { reactor in call = reactor.callLater(.seconds(1)) { ran = true } }
        #expect(call?.isActive == false)
        #expect(call?.cancel() == false)
        #expect(call?.reset(.zero) == false)
        #expect(call?.delay(by: .zero) == false)
        #expect(call?.deadline == nil)
        #expect(!ran)
    }

    @Test(arguments: ReactorKind.allCases)
    func `a cancelled call that outlives its reactor is harmless`(kind: ReactorKind) {
        var call: DelayedCall?
        kind.withReactor { reactor in
            call = reactor.callLater(.seconds(1)) {}
            call?.cancel()
        }
        #expect(call?.isActive == false)
        #expect(call?.reset(.zero) == false)
    }

    @Test(arguments: ReactorKind.allCases)
    func `calls that are pending when the reactor stops are released and never run`(
        kind: ReactorKind
    ) {
        kind.withReactor { reactor in
            weak var seen: Captured?
            var ran = false
            do {
                let captured = Captured()
                seen = captured
                reactor.callLater(.seconds(1_000)) {
                    _ = captured
                    ran = true
                }
            }
            reactor.callLater(.zero) { reactor.stop() }
            reactor.run()
            #expect(seen == nil)
            #expect(!ran)
            #expect(reactor.delayedCalls.isEmpty)
        }
    }

    @Test func `a pending call does not keep its reactor alive`() {
        func isReleased(_ makeReactor: () -> any ContractReactor) -> Bool {
            weak var seen: (any ContractReactor)?
            do {
                let reactor = makeReactor()
                reactor.callLater(.seconds(1)) {}
                seen = reactor
            }
            return seen == nil
        }
        #expect(isReleased { LibevReactor() })
        #expect(isReleased { MemoryReactor() })
    }

    @Test func `a deallocated test clock releases the closures of calls that are still known`() {
        weak var seen: Captured?
        var call: DelayedCall?
        do {
            let clock = TestClock()
            let captured = Captured()
            seen = captured
            call = clock.callLater(.seconds(1)) { _ = captured }
        }
        #expect(seen == nil)
        #expect(call?.isActive == false)
    }

    @Test func `a call of a deallocated clock is not mistaken for a call of a later clock`() {
        var lost: [DelayedCall] = []
        for _ in 0..<10 {
            let clock = TestClock()
            let call = clock.callLater(.seconds(1)) {}
            #expect(
                lost.allSatisfy { !$0.isActive && !$0.cancel() && !$0.reset(.zero) && $0 != call }
            )
            #expect(call.isActive)
            lost.append(call)
        }
    }

    @Test func `a cancel can release the last reference to its own clock`() {
        var clock: TestClock? = TestClock()
        weak let seen = clock
        let call = clock?.callLater(.seconds(1)) { [held = clock] in _ = held }
        clock = nil
        #expect(seen != nil)
        #expect(call?.cancel() == true)
        #expect(seen == nil)
        #expect(call?.cancel() == false)
    }

    @Test(arguments: ReactorKind.allCases)
    func `a shutdown breaks the reference cycle of a call that captures its reactor`(
        kind: ReactorKind
    ) {
        weak var seen: (any ContractReactor)?
        kind.withReactor { reactor in
            seen = reactor
            reactor.callLater(.seconds(1)) { reactor.stop() }
        }
        #expect(seen == nil)
    }
}

private final class Captured {}
