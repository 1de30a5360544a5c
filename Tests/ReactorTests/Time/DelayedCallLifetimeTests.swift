// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// Calls and their reactor: who outlives whom.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct DelayedCallLifetimeTests {
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
    func `a cancelled call that outlives its reactor is harmless too`(kind: ReactorKind) {
        var call: DelayedCall?
        kind.withReactor { reactor in
            call = reactor.callLater(.seconds(1)) {}
            call?.cancel()
        }
        #expect(call?.isActive == false)
        #expect(call?.reset(.zero) == false)
    }

    @Test(arguments: ReactorKind.allCases)
    func `calls that are pending at the stop never run and are let go`(kind: ReactorKind) {
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

    @Test func `a libev reactor that is let go takes its calls along`() {
        weak var seen: LibevReactor?
        do {
            let reactor = LibevReactor()
            reactor.callLater(.seconds(1)) {}
            seen = reactor
        }
        #expect(seen == nil)
    }

    @Test func `a memory reactor that is let go takes its calls along`() {
        weak var seen: MemoryReactor?
        do {
            let reactor = MemoryReactor()
            reactor.callLater(.seconds(1)) {}
            seen = reactor
        }
        #expect(seen == nil)
    }

    @Test func `a test clock that is let go takes its calls along, whoever still knows one`() {
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

    @Test func `a call whose clock has gone is not taken for one of a clock that came after it`() {
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

    @Test func `a cancel may let its own clock go`() {
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
    func `shutting down breaks the cycle of a call that holds its reactor`(kind: ReactorKind) {
        weak var seen: (any ContractReactor)?
        kind.withReactor { reactor in
            seen = reactor
            reactor.callLater(.seconds(1)) { reactor.stop() }
        }
        #expect(seen == nil)
    }
}

private final class Captured {}
