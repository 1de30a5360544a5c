// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// The numbered steps of a turn (Docs/TheLoop.md), in their order, on both reactors.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct TurnOrderTests {
    @Test(arguments: ReactorKind.allCases)
    func `calls from threads come first, then descriptors, then delayed calls`(kind: ReactorKind)
        throws
    {
        try kind.withReactor { reactor in
            let pipe = try reactor.makeTestPipe()
            let notes = Notes()
            let watch = reactor.addReader(pipe.readEnd) {
                notes.add("descriptor", at: reactor.now)
                _ = pipe.read(10)
            }
            defer { watch.remove() }
            // Made in the opposite order.
            reactor.callLater(.zero) { notes.add("delayed call", at: reactor.now) }
            pipe.write([1])
            reactor.handle.callFromThread { notes.addHere("thread") }
            reactor.iterate(.zero)
            #expect(notes.texts == ["thread", "descriptor", "delayed call"])
            #expect(Set(notes.times).count == 1)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `an exit is told before the delayed calls of its turn`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            let notes = Notes()
            let child = RecordingProtocol()
            child.onExited = { _ in
                notes.add("exit", at: reactor.now)
                reactor.callLater(.zero) { reactor.stop() }
            }
            try reactor.spawn(child, [.exit(0)])
            reactor.addTrigger(.before, .shutdown) { notes.add("shutdown", at: reactor.now) }
            reactor.runToStop()
            #expect(notes.texts == ["exit", "shutdown"])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `the shutdown begins after the turn of the stop, whatever asked for it`(kind: ReactorKind)
        throws
    {
        try kind.withReactor { reactor in
            let pipe = try reactor.makeTestPipe()
            let notes = Notes()
            let watch = reactor.addReader(pipe.readEnd) {
                notes.add("descriptor", at: reactor.now)
                _ = pipe.read(10)
            }
            defer { watch.remove() }
            reactor.addTrigger(.before, .shutdown) { notes.add("shutdown", at: reactor.now) }
            reactor.callLater(.zero) { notes.add("delayed call", at: reactor.now) }
            pipe.write([1])
            reactor.handle.stop()
            reactor.run()
            #expect(notes.texts.contains("descriptor") && notes.texts.contains("delayed call"))
            #expect(notes.texts.last == "shutdown")
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `what a step makes for an earlier step waits for the next turn`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let notes = Notes()
            reactor.callLater(.zero) {
                notes.add("delayed call", at: reactor.now)
                reactor.handle.callFromThread { notes.addHere("thread") }
            }
            reactor.iterate(.milliseconds(1))
            #expect(notes.texts == ["delayed call"])
            reactor.iterate(.zero)
            #expect(notes.texts == ["delayed call", "thread"])
        }
    }
}
