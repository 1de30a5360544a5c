// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CLibev
import Reactor
import ReactorTesting
import Testing

/// The caller's mistakes that stop the program, each with its message, in a program of its own.
@Suite(.timeLimit(.minutes(5))) struct PreconditionTests {
    @Test func `there is no current reactor outside of a turn`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { _ = CurrentReactor.reactor }
        #expect(result.said("No reactor runs on this thread."))
    }

    // 26, test_core: test_multipleRun.
    @Test(arguments: ReactorKind.allCases)
    func `a reactor that runs cannot be run`(kind: ReactorKind) async {
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
    func `a reactor cannot be run inside a single turn`(kind: ReactorKind) async {
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

    // 31, test_core: test_runAfterStop.
    @Test(arguments: ReactorKind.allCases)
    func `a reactor runs once`(kind: ReactorKind) async {
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
    func `a turn cannot be made inside a turn`(kind: ReactorKind) async {
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
    func `a reactor is not shut down inside its run, but stopped`(kind: ReactorKind) async {
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
    func `only an open descriptor can be watched`(kind: ReactorKind) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in kind.withReactor { reactor in _ = reactor.addReader(-1) {} } }
        #expect(result.said("Descriptor -1 is not open"))
    }

    @Test func `the host runs the reactor that borrows its loop`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            guard let loop = ev_loop_new(UInt32(EVFLAG_NOENV)) else { return }
            LibevReactor(borrowing: loop).run()
        }
        #expect(result.said("The host runs this reactor's loop"))
    }

    @Test func `a memory reactor's clock does not run backwards`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { MemoryReactor().advance(by: .seconds(-1)) }
        #expect(result.said("A clock does not run backwards"))
    }

    @Test func `a memory reactor notices that time stands still for ever`() async {
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

    @Test func `a memory reactor with nothing left to do does not hang`() async {
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
    func `code of the reactor's is not for other threads`(kind: ReactorKind) async {
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
