// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// The current reactor, which is the default of each `clock` argument.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Current reactor` {
    @Test(arguments: ReactorKind.allCases)
    func `a reactor is the current reactor in all of its callbacks`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            var seen: [String: Bool] = [:]
            func note(_ place: String) { seen[place] = CurrentReactor.reactorIfAny === reactor }
            let pipe = try reactor.makeTestPipe()
            let child = RecordingProtocol()
            child.onMade = { _ in note("connectionMade") }
            child.onEnded = { _ in note("processEnded") }
            for event in [SystemEvent.startup, .shutdown] {
                for phase in [TriggerPhase.before, .during, .after] {
                    reactor.addTrigger(phase, event) { note("\(phase) \(event)") }
                }
            }
            let watch = reactor.addWriter(pipe.writeEnd) { note("descriptor") }
            reactor.callLater(.zero) { note("delayed call") }
            child.onExited = { _ in
                note("processExited")
                reactor.callLater(.zero) {
                    watch.remove()
                    reactor.stop()
                }
            }
            try reactor.spawn(child, [.exit(0)])
            #expect(CurrentReactor.reactorIfAny == nil)
            reactor.runToStop()
            #expect(CurrentReactor.reactorIfAny == nil)
            #expect(seen.count == 11)
            #expect(!seen.values.contains(false), "\(seen)")
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `iterate makes its reactor the current one`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var seen: (any ReactorCore)?
            reactor.callLater(.zero) { seen = CurrentReactor.reactorIfAny }
            reactor.iterate(.zero)
            #expect(seen === reactor)
            #expect(CurrentReactor.reactorIfAny == nil)
        }
    }

    @Test func `an inner reactor hides the outer one until its scope ends`() {
        let outer = MemoryReactor()
        let inner = MemoryReactor()
        CurrentReactor.with(outer) {
            #expect(CurrentReactor.reactor === outer)
            CurrentReactor.with(inner) { #expect(CurrentReactor.reactor === inner) }
            #expect(CurrentReactor.reactor === outer)
        }
        #expect(CurrentReactor.reactorIfAny == nil)
    }

    @Test func `a thrown error restores the outer reactor`() {
        let outer = MemoryReactor()
        CurrentReactor.with(outer) {
            #expect(throws: CancelledError.self) {
                try CurrentReactor.with(MemoryReactor()) { throw CancelledError() }
            }
            #expect(CurrentReactor.reactorIfAny === outer)
        }
    }

    @Test func `a reactor can run inside a turn of another reactor`() {
        let outer = LibevReactor()
        var seen: [Bool] = []
        outer.callLater(.zero) {
            let inner = LibevReactor()
            inner.callLater(.zero) {
                seen.append(LibevReactor.current === inner)
                inner.stop()
            }
            inner.run()
            seen.append(LibevReactor.current === outer)
            outer.stop()
        }
        outer.run()
        #expect(seen == [true, true])
    }

    @Test func `LibevReactor.current is nil in a turn of another kind of reactor`() {
        let reactor = MemoryReactor()
        var seen: LibevReactor?
        reactor.callLater(.zero) { seen = LibevReactor.current }
        reactor.advance(by: .zero)
        #expect(seen == nil)
    }
}
