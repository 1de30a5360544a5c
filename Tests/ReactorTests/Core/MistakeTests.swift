// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CLibev
import Reactor
import ReactorTesting
import Testing

/// Further mistakes of the caller that stop the program with a message that names them.
@Suite(.timeLimit(.minutes(5))) struct `Mistakes` {
    @Test(arguments: ReactorKind.allCases)
    func `one protocol object for two children stops the program`(kind: ReactorKind) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in
            try kind.withReactor { reactor in
                let child = RecordingProtocol()
                try reactor.spawn(child, [.exit(0)])
                try reactor.spawn(child, [.exit(0)])
            }
        }
        #expect(
            result.said("One object of the class RecordingProtocol was passed to spawnProcess")
        )
    }

    @Test(arguments: ReactorKind.allCases)
    func `a protocol object may be used again after a failed spawn`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            let child = RecordingProtocol()
            (reactor as? MemoryReactor)?.programs = { request throws(SpawnError) in
                throw SpawnError(code: .cannotExecute, errno: 2, step: "execute", subject: "x")
            }
            #expect(throws: SpawnError.self) {
                try reactor.spawnProcess(child, SpawnRequest("/no/such/program"))
            }
            try reactor.spawn(child, [.exit(0)])
            reactor.turn(until: { child.end != nil })
        }
    }

    @Test func `connecting a protocol to a second transport stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let reactor = MemoryReactor()
            let child = RecordingProtocol()
            let transport = try reactor.spawn(child, [.pause])
            reactor.advance(by: .zero)
            child.makeConnection(transport)
        }
        #expect(result.said("A protocol of the class RecordingProtocol was connected to two"))
    }

    @Test(arguments: ReactorKind.allCases, [true, false])
    func `watching a descriptor that is not open stops the program`(
        kind: ReactorKind,
        reading: Bool
    ) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind, reading] in
            kind.withReactor { reactor in
                _ = reading ? reactor.addReader(987) {} : reactor.addWriter(987) {}
            }
        }
        #expect(result.said("Descriptor 987 is not open; only an open descriptor can be watched"))
    }

    @Test(arguments: ReactorKind.allCases, ["callLater", "stop", "spawnProcess", "addReader"])
    func `using a reactor on another thread during a turn stops the program`(
        kind: ReactorKind,
        call: String
    ) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind, call] in
            kind.withReactor { reactor in
                // This is the mistake that the test is about, and the compiler refuses
                // it otherwise.
                nonisolated(unsafe) let shared = reactor
                reactor.callLater(.zero) {
                    startThread {
                        switch call {
                        case "callLater": shared.callLater(.zero) {}
                        case "stop": (shared as? MemoryReactor)?.callLater(.zero) {}; shared.stop()
                        case "spawnProcess":
                            _ = try? shared.spawnProcess(RecordingProtocol(), SpawnRequest("x"))
                        default: _ = shared.addReader(0) {}
                        }
                    }
                    // The turn lasts until the other thread has stopped the program.
                    while true {}
                }
                reactor.iterate(.zero)
            }
        }
        #expect(result.said("A reactor was used on another thread than its own"))
    }

    @Test(arguments: ReactorKind.allCases)
    func `running a reactor after its shutdown stops the program`(kind: ReactorKind) async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) { [kind] in
            kind.withReactor { reactor in
                reactor.shutDown()
                reactor.run()
            }
        }
        #expect(result.said("run() was called after shutDown(); make a new reactor."))
    }

    @Test func `iterate after the shutdown stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let reactor = LibevReactor()
            reactor.shutDown()
            reactor.iterate(.zero)
        }
        #expect(result.said("iterate() was called after shutDown(); make a new reactor."))
    }

    @Test func `iterating a reactor that borrows its loop stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            guard let loop = ev_loop_new(0) else { return }
            LibevReactor(borrowing: loop).iterate(.zero)
        }
        #expect(
            result.said("The host runs this reactor's loop, so iterate() must not be called.")
        )
    }

    @Test func `an error of handleSignal says that the signal cannot be handled`() throws {
        let first = LibevReactor()
        let second = LibevReactor()
        defer {
            first.shutDown()
            second.shutDown()
        }
        try first.handleSignal(.user2) { _ in }
        let busy = #expect(throws: SignalError.self) { try second.handleSignal(.user2) { _ in } }
        #expect(
            busy?.description == "SIGUSR2 is already handled by another reactor of this program."
        )
        let kill = #expect(throws: SignalError.self) { try first.handleSignal(.kill) { _ in } }
        #expect(
            kill?.description == """
                SIGKILL cannot be handled, because a process can neither catch nor ignore it.
                """
        )
    }
}
