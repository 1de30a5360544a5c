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
    func `a child is connected at the end of its turn, after the delayed calls`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let notes = Notes()
            let child = RecordingProtocol(stopping: reactor)
            child.onMade = { _ in notes.add("connected", at: reactor.now) }
            reactor.callLater(.zero) {
                notes.add("spawn", at: reactor.now)
                reactor.callLater(.zero) { notes.add("next turn", at: reactor.now) }
                #expect(throws: Never.self) { try reactor.spawn(child, [.exit(0)]) }
            }
            reactor.callLater(.zero) { notes.add("delayed call", at: reactor.now) }
            reactor.runToStop()
            #expect(notes.texts == ["spawn", "delayed call", "connected", "next turn"])
            #expect(Set(notes.times.prefix(3)).count == 1)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a child that is started at another's connection waits for one turn, and not longer`(
        kind: ReactorKind
    ) throws {
        try kind.withReactor { reactor in
            let notes = Notes()
            let first = RecordingProtocol()
            let second = RecordingProtocol()
            // Neither exits by itself: nothing but the connection could end the wait.
            first.onMade = { transport in
                notes.add("first")
                reactor.callLater(.zero) { notes.add("next turn") }
                #expect(throws: Never.self) { try reactor.spawn(second, [.pause]) }
            }
            second.onMade = { transport in
                notes.add("second")
                try? transport.signalProcess(.kill)
                try? first.transport?.signalProcess(.kill)
            }
            first.onEnded = { _ in if second.end != nil { reactor.stop() } }
            second.onEnded = { _ in if first.end != nil { reactor.stop() } }
            try reactor.spawn(first, [.pause])
            reactor.runToStop()
            #expect(notes.texts == ["first", "next turn", "second"])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a stop at a child's connection needs no further turn`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            child.onMade = { transport in
                try? transport.signalProcess(.kill)
                reactor.stop()
            }
            try reactor.spawn(child, [.pause])
            reactor.runToStop()
            #expect(child.events == [.made])
            // It holds the reactor.
            child.onMade = { _ in }
            reapChildrenOfThisThread()
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
