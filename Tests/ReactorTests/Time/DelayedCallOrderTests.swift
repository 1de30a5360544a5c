// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// The order of delayed calls, on both reactors; Twisted promises none among equals, we do.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct DelayedCallOrderTests {
    /// Makes calls inside one turn, so that equal delays are equal deadlines, and says in which
    /// order they ran.
    private func order(
        _ kind: ReactorKind,
        _ make: (_ reactor: any ContractReactor, _ note: @escaping (String) -> Void) -> Void
    ) -> [String] {
        var ran: [String] = []
        kind.withReactor { reactor in
            withoutActuallyEscaping(make) { make in
                reactor.callLater(.zero) { make(reactor) { ran.append($0) } }
                reactor.turn(until: { reactor.delayedCalls.isEmpty })
            }
        }
        return ran
    }

    @Test(arguments: ReactorKind.allCases)
    func `equal deadlines run in the order in which the calls were made`(kind: ReactorKind) {
        let ran = self.order(kind) { reactor, note in
            for number in 0..<100 { reactor.callLater(.milliseconds(2)) { note("\(number)") } }
        }
        #expect(ran == (0..<100).map(String.init))
    }

    // 75, test_task: test_callLaterKeepsCallsOrdered.
    @Test(arguments: ReactorKind.allCases)
    func `calls run in the order of their deadlines`(kind: ReactorKind) {
        let ran = self.order(kind) { reactor, note in
            for number in [5, 3, 9, 1, 7] {
                reactor.callLater(.milliseconds(number)) { note("\(number)") }
            }
        }
        #expect(ran == ["1", "3", "5", "7", "9"])
    }

    // 75, test_task: test_callLaterResetKeepsCallsOrdered.
    @Test(arguments: ReactorKind.allCases)
    func `a call that is moved to another's deadline goes behind it`(kind: ReactorKind) {
        let ran = self.order(kind) { reactor, note in
            let later = reactor.callLater(.milliseconds(1)) { note("from earlier") }
            let sooner = reactor.callLater(.milliseconds(9)) { note("from later") }
            reactor.callLater(.milliseconds(5)) { note("made there") }
            sooner.reset(.milliseconds(5))
            later.delay(by: .milliseconds(4))
        }
        #expect(ran == ["made there", "from later", "from earlier"])
    }

    @Test(arguments: ReactorKind.allCases)
    func `a reset to the deadline that it has puts a call behind its equals`(kind: ReactorKind) {
        let ran = self.order(kind) { reactor, note in
            let first = reactor.callLater(.milliseconds(3)) { note("first") }
            reactor.callLater(.milliseconds(3)) { note("second") }
            first.reset(.milliseconds(3))
        }
        #expect(ran == ["second", "first"])
    }

    // 75, test_task: test_callLaterResetInsideCallKeepsCallsOrdered.
    @Test(arguments: ReactorKind.allCases)
    func `calls may be moved from inside calls`(kind: ReactorKind) {
        let ran = self.order(kind) { reactor, note in
            let moved = reactor.callLater(.milliseconds(4)) { note("moved") }
            reactor.callLater(.milliseconds(8)) { note("fixed") }
            reactor.callLater(.milliseconds(2)) {
                note("mover")
                moved.delay(by: .milliseconds(8))
            }
        }
        #expect(ran == ["mover", "fixed", "moved"])
    }

    // A call that is pulled before others that are due must not keep them from running in this
    // turn.
    @Test(arguments: ReactorKind.allCases)
    func `a call that is pulled in waits for its turn behind those that are due`(kind: ReactorKind)
    {
        kind.withReactor { reactor in
            var ran: [String] = []
            let distant = reactor.callLater(.seconds(100)) { ran.append("pulled in") }
            reactor.callLater(.zero) {
                ran.append("puller")
                distant.delay(by: .seconds(-1_000))
            }
            reactor.callLater(.zero) { ran.append("due") }
            reactor.iterate(.milliseconds(1))
            #expect(ran == ["puller", "due"])
            reactor.iterate(.zero)
            #expect(ran == ["puller", "due", "pulled in"])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a call that asks for itself again leaves room for others`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var turns = 0
            func again() {
                turns += 1
                if turns < 1_000 { reactor.callLater(.zero) { again() } }
            }
            again()
            reactor.callLater(.zero) { reactor.stop() }
            reactor.runToStop()
            #expect(turns < 10)
        }
    }
}
