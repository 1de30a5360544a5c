// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Reactor
import ReactorTesting
import TestSupport
import Testing

/// Work for a reactor that has shut down, on both reactors.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct `Reactor after its shutdown` {
    @Test(arguments: ReactorKind.allCases, [false, true])
    func `spawnProcess throws an error that names the program and the reason`(
        kind: ReactorKind,
        afterRun: Bool
    ) {
        kind.withReactor { reactor in
            if afterRun {
                reactor.stop()
                reactor.run()
            } else {
                reactor.shutDown()
            }
            let error = #expect(throws: SpawnError.self) {
                try reactor.spawnProcess(RecordingProtocol(), SpawnRequest("git"))
            }
            #expect(error?.code == .reactorHasShutDown)
            #expect(
                error?.description == "Cannot start git, because the reactor has shut down."
            )
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a delayed call is inactive, and its closure is released`(kind: ReactorKind) {
        kind.withReactor { reactor in
            reactor.shutDown()
            weak var captured: Captured?
            do {
                let object = Captured()
                captured = object
                let call = reactor.callLater(.zero) { [object] in _ = object }
                #expect(!call.isActive)
            }
            #expect(captured == nil)
            #expect(reactor.delayedCalls.isEmpty)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a watch is inactive`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            let pipe = try reactor.makeTestPipe()
            reactor.shutDown()
            #expect(!reactor.addReader(pipe.readEnd) {}.isActive)
            #expect(!reactor.addWriter(pipe.writeEnd) {}.isActive)
            #expect(reactor.removeAllWatches().isEmpty)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `handleSignal throws an error`(kind: ReactorKind) {
        kind.withReactor { reactor in
            reactor.shutDown()
            let error = #expect(throws: ReactorHasShutDown.self) {
                try reactor.handleSignal(.user1) { _ in }
            }
            #expect(error?.description == "The reactor has shut down.")
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `work that was cancelled before it began does not run`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let notes = Notes()
            // The threads begin the first work at once, so four calls keep them busy.
            let gate = DispatchSemaphore(value: 0)
            let isReal = kind == .libev
            for _ in 0..<4 { _ = reactor.deferToThread { if isReal { gate.wait() } } }
            let cancelled = reactor.deferToThread { notes.add("cancelled") }
            cancelled.addErrback { _ in }
            cancelled.cancel()
            var isDone = false
            reactor.deferToThread { notes.add("done") }.whenFired { _ in isDone = true }
            for _ in 0..<4 { gate.signal() }
            reactor.turn(until: { isDone })
            #expect(notes.texts == ["done"])
        }
    }
}

private final class Captured {}

/// The children that are alive when their reactor shuts down.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5)))
struct `Child that outlives its reactor` {
    /// Waits until the child has been reaped by somebody else.
    private func waitUntilReaped(_ pid: Int32) {
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == 0 || errno == EINTR {}
    }

    @Test func `a child that exits after the shutdown leaves no zombie and no descriptor`() throws {
        let reactor = LibevReactor()
        let pids = try [200, 1, 100].map { milliseconds in
            let transport = try reactor.spawn(
                RecordingProtocol(),
                [.wait(milliseconds: milliseconds), .exit(3)]
            ) { $0.streams = .descriptors([0: .null, 1: .null, 2: .null]) }
            return try #require(transport.pid)
        }
        reactor.shutDown()
        for pid in pids { self.waitUntilReaped(pid) }
    }

    @Test func `a child that was given up leaves no zombie`() throws {
        let reactor = LibevReactor()
        let child = RecordingProtocol()
        let transport = try reactor.spawn(child, [.pause])
        let pid = try #require(transport.pid)
        transport.giveUp()
        reactor.turn(until: { child.end != nil })
        reactor.shutDown()
        // The transport still reaches the child.
        try transport.signalProcess(.kill)
        self.waitUntilReaped(pid)
        #expect(throws: ProcessExitedAlready.self) { try transport.signalProcess(.kill) }
        #expect(throws: ProcessExitedAlready.self) {
            try transport.signalProcess(.kill, to: .group)
        }
    }

    @Test func `the children of the host are not reaped`() throws {
        var host = pid_t()
        let name = strdup(testChild)
        let verb = strdup("exit:5")
        defer {
            free(name)
            free(verb)
        }
        #expect(posix_spawn(&host, testChild, nil, nil, [name, verb, nil], environ) == 0)
        let reactor = LibevReactor()
        let transport = try reactor.spawn(RecordingProtocol(), [.wait(milliseconds: 50)]) {
            $0.streams = .descriptors([0: .null, 1: .null, 2: .null])
        }
        let pid = try #require(transport.pid)
        reactor.shutDown()
        self.waitUntilReaped(pid)
        var status: Int32 = 0
        #expect(waitpid(host, &status, 0) == host)
        #expect(status == 5 << 8)
    }

    @Test func `a reactor on another thread keeps its children`() throws {
        let first = LibevReactor()
        let second = LibevReactor()
        defer { second.shutDown() }
        let child = RecordingProtocol()
        try second.spawn(child, [.wait(milliseconds: 100), .exit(4)])
        let transport = try first.spawn(RecordingProtocol(), [.wait(milliseconds: 50)])
        let pid = try #require(transport.pid)
        first.shutDown()
        second.turn(until: { child.end != nil })
        #expect(child.end?.exit == .exited(code: 4))
        #expect(child.end?.usage != nil)
        self.waitUntilReaped(pid)
    }
}
