// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// The order of the steps of a turn (the article "The loop" of Reactor, "A turn") on both reactors.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Order of a turn` {
    @Test(arguments: ReactorKind.allCases)
    func `a turn handles messages of threads first, then descriptors, then delayed calls`(
        kind: ReactorKind
    )
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
            // They are prepared in the opposite order of the expected one.
            reactor.callLater(.zero) { notes.add("delayed call", at: reactor.now) }
            pipe.write([1])
            reactor.handle.callFromThread { notes.addHere("thread") }
            reactor.iterate(.zero)
            #expect(notes.texts == ["thread", "descriptor", "delayed call"])
            #expect(Set(notes.times).count == 1)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `an exit is reported before the shutdown that it triggers`(kind: ReactorKind) throws {
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
    func `a child is connected at the end of the turn of its spawn, after the delayed calls`(
        kind: ReactorKind
    ) {
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
    func `a child that another child's connectionMade spawns is connected one turn later`(
        kind: ReactorKind
    ) throws {
        try kind.withReactor { reactor in
            let notes = Notes()
            let first = RecordingProtocol()
            let second = RecordingProtocol()
            // No child exits by itself, so only the connection of the second one can end the wait.
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
    func `a stop in connectionMade ends the run without another turn`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            child.onMade = { transport in
                try? transport.signalProcess(.kill)
                reactor.stop()
            }
            try reactor.spawn(child, [.pause])
            reactor.runToStop()
            #expect(child.events == [.made])
            // The closure captures the reactor, which would otherwise never be released.
            child.onMade = { _ in }
            reapChildrenOfThisThread()
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `the shutdown begins after all other steps of the turn in which the stop arrived`(
        kind: ReactorKind
    )
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
    func `a message that a delayed call sends is handled in the next turn`(kind: ReactorKind) {
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
