// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// The order in which delayed calls run, on both reactors.
///
/// Calls with equal deadlines run in the order in which they were made or moved. Twisted does not
/// promise that.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Order of delayed calls` {
    /// Returns the order in which the calls of `make` ran.
    ///
    /// All calls are made inside of one turn, so equal delays give equal deadlines.
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
    func `calls with equal deadlines run in the order in which they were made`(kind: ReactorKind) {
        let ran = self.order(kind) { reactor, note in
            for number in 0..<100 { reactor.callLater(.milliseconds(2)) { note("\(number)") } }
        }
        #expect(ran == (0..<100).map(String.init))
    }

    // Twisted: test_task.test_callLaterKeepsCallsOrdered.
    @Test(arguments: ReactorKind.allCases)
    func `calls run in the order of their deadlines`(kind: ReactorKind) {
        let ran = self.order(kind) { reactor, note in
            for number in [5, 3, 9, 1, 7] {
                reactor.callLater(.milliseconds(number)) { note("\(number)") }
            }
        }
        #expect(ran == ["1", "3", "5", "7", "9"])
    }

    // Twisted: test_task.test_callLaterResetKeepsCallsOrdered.
    @Test(arguments: ReactorKind.allCases)
    func `a call that is moved to the deadline of another call runs after it`(kind: ReactorKind) {
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
    func `a reset to the same deadline moves a call behind the others with that deadline`(
        kind: ReactorKind
    ) {
        let ran = self.order(kind) { reactor, note in
            let first = reactor.callLater(.milliseconds(3)) { note("first") }
            reactor.callLater(.milliseconds(3)) { note("second") }
            first.reset(.milliseconds(3))
        }
        #expect(ran == ["second", "first"])
    }

    // Twisted: test_task.test_callLaterResetInsideCallKeepsCallsOrdered.
    @Test(arguments: ReactorKind.allCases)
    func `a call can move another call`(kind: ReactorKind) {
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

    // A deadline before those of the calls that are due would keep them from running in this turn.
    @Test(arguments: ReactorKind.allCases)
    func `a call that is moved into the past waits for the next turn`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var ran: [String] = []
            let distant = reactor.callLater(.seconds(100)) { ran.append("moved") }
            reactor.callLater(.zero) {
                ran.append("mover")
                distant.delay(by: .seconds(-1_000))
            }
            reactor.callLater(.zero) { ran.append("due") }
            reactor.iterate(.milliseconds(1))
            #expect(ran == ["mover", "due"])
            reactor.iterate(.zero)
            #expect(ran == ["mover", "due", "moved"])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a call that schedules itself again does not hold up other calls`(kind: ReactorKind) {
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
