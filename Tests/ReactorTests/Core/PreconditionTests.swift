// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CLibev
import Reactor
import ReactorTesting
import Testing

/// Mistakes of the caller that stop the program with a message.
///
/// Each test runs in a process of its own (an exit test).
@Suite(.timeLimit(.minutes(5))) struct `Preconditions` {
    @Test func `asking for the current reactor outside of a turn stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { _ = CurrentReactor.reactor }
        #expect(result.said("No reactor runs on this thread."))
    }

    // Twisted's test_core: test_multipleRun.
    @Test(arguments: ReactorKind.allCases)
    func `running a reactor inside its own run stops the program`(kind: ReactorKind) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in
            kind.withReactor { reactor in
                reactor.callLater(.zero) { reactor.run() }
                reactor.run()
            }
        }
        #expect(result.said("run() was called from inside a turn."))
    }

    @Test(arguments: ReactorKind.allCases)
    func `running a reactor inside iterate stops the program`(kind: ReactorKind) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in
            kind.withReactor { reactor in
                reactor.callLater(.zero) { reactor.run() }
                reactor.iterate(.zero)
            }
        }
        #expect(result.said("run() was called from inside a turn."))
    }

    // Twisted's test_core: test_runAfterStop.
    @Test(arguments: ReactorKind.allCases)
    func `running a reactor a second time stops the program`(kind: ReactorKind) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in
            kind.withReactor { reactor in
                reactor.stop()
                reactor.run()
                reactor.run()
            }
        }
        #expect(result.said("A reactor runs once; make a new one to run again."))
    }

    @Test(arguments: ReactorKind.allCases)
    func `calling iterate inside a turn stops the program`(kind: ReactorKind) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in
            kind.withReactor { reactor in
                reactor.callLater(.zero) { reactor.iterate(.zero) }
                reactor.iterate(.zero)
            }
        }
        #expect(result.said("iterate() was called from inside a turn."))
    }

    @Test(arguments: ReactorKind.allCases)
    func `calling shutDown inside a turn stops the program`(kind: ReactorKind) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in
            kind.withReactor { reactor in
                reactor.callLater(.zero) { reactor.shutDown() }
                reactor.run()
            }
        }
        #expect(result.said("shutDown() was called from inside a turn; use stop()."))
    }

    @Test(arguments: ReactorKind.allCases)
    func `watching a negative descriptor stops the program`(kind: ReactorKind) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in kind.withReactor { reactor in _ = reactor.addReader(-1) {} } }
        #expect(result.said("Descriptor -1 is not open"))
    }

    @Test func `running a reactor that borrows its loop stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            guard let loop = ev_loop_new(UInt32(EVFLAG_NOENV)) else { return }
            LibevReactor(borrowing: loop).run()
        }
        #expect(result.said("The host runs this reactor's loop"))
    }

    @Test func `advancing a memory reactor by a negative time stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { MemoryReactor().advance(by: .seconds(-1)) }
        #expect(result.said("A clock does not run backwards"))
    }

    @Test func `a call that repeats without a delay stops the program on a memory reactor`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let reactor = MemoryReactor()
            func again() { reactor.callLater(.zero) { again() } }
            again()
            reactor.advance(by: .seconds(1))
        }
        #expect(result.said("100,000 turns at the same instant"))
    }

    @Test func `running a memory reactor with nothing left to do stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let reactor = MemoryReactor()
            reactor.waitLimit = .milliseconds(1)
            reactor.run()
        }
        #expect(result.said("Nothing is left to do"))
    }

    @Test(arguments: ReactorKind.allCases)
    func `checkIsolated stops the program on any other thread than the reactor's`(kind: ReactorKind)
        async
    {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in
            await withUnsafeContinuation { (never: UnsafeContinuation<Void, Never>) in
                startThread {
                    kind.withReactor { reactor in
                        let handle = reactor.handle
                        startThread { handle.checkIsolated() }
                        while true { reactor.iterate(.seconds(1)) }
                    }
                }
                _ = never
            }
        }
        #expect(result.said("This code must run on its reactor's thread."))
    }
}
