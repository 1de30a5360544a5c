// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// The check that a test leaves nothing on its reactor or clock.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(5))) struct `Leftovers` {
    @Test(arguments: ReactorKind.allCases)
    func `each thing that is left is listed, and nothing is left once it is gone`(
        kind: ReactorKind
    ) throws {
        try kind.withReactor { reactor in
            let report = try #require(reactor as? any LeftoverReporting)
            try report.requireNothingLeft()

            let call = reactor.callLater(.seconds(500)) {}
            #expect(report.leftovers.count == 1)
            #expect(report.leftovers[0].hasPrefix("A delayed call is pending, which is due at"))
            call.cancel()

            let pipe = try reactor.makeTestPipe()
            let watch = reactor.addReader(pipe.readEnd) {}
            #expect(report.leftovers == ["The descriptor \(pipe.readEnd) is being watched."])
            watch.remove()

            try reactor.handleSignal(.user2) { _ in }
            #expect(report.leftovers == ["The signal SIGUSR2 is being handled."])
            reactor.stopHandlingSignal(.user2)

            var isDone = false
            reactor.deferToThread {}.whenFired { _ in isDone = true }
            #expect(report.leftovers.contains("Work on another thread has no result yet."))
            reactor.turn(until: { isDone })

            let child = RecordingProtocol()
            let transport = try reactor.spawn(child, [.pause])
            #expect(report.leftovers.count == 1)
            let error = #expect(throws: LeftoverError.self) { try report.requireNothingLeft() }
            #expect(error?.description.contains("running") == true)
            try transport.signalProcess(.kill)
            reactor.turn(until: { child.end != nil })
            try report.requireNothingLeft()
        }
    }

    @Test func `a process of the group that outlives its leader is listed`() throws {
        let reactor = MemoryReactor()
        reactor.programs = { _ in [.start([.wait(.seconds(5))]), .exit(0)] }
        try reactor.spawnProcess(RecordingProtocol(), SpawnRequest("daemon", ["--all"]))
        reactor.advance(by: .zero)
        #expect(reactor.leftovers == ["The child \"daemon --all\" has 1 running process."])
        reactor.advance(by: .seconds(5))
        #expect(reactor.leftovers == [])
    }

    @Test func `a message of another thread is listed`() {
        let reactor = MemoryReactor()
        reactor.handle.callFromThread {}
        #expect(reactor.leftovers == ["A message from another thread has not been handled."])
        reactor.advance(by: .zero)
        #expect(reactor.leftovers == [])
    }

    @Test func `a clock lists its delayed calls`() {
        let clock = TestClock()
        clock.callLater(.seconds(2)) {}
        clock.callLater(.seconds(1)) {}
        #expect(
            clock.leftovers == [
                "A delayed call is pending, which is due at 1.0 seconds.",
                "A delayed call is pending, which is due at 2.0 seconds.",
            ]
        )
    }
}

/// The functions that return the result of a deferred, as those of Twisted's trial.
@Suite struct `Results of deferreds` {
    private struct Broken: Error {}

    @Test func `the value of a deferred is returned, or an error says what is wrong`() throws {
        #expect(try successResult(of: Deferred.succeeded(5)) == 5)
        let pending = Deferred<Int>()
        let none = #expect(throws: UnexpectedResult.self) { try successResult(of: pending) }
        #expect(
            none?.description == "The deferred should have a value, but it has no result yet."
        )
        // The pending deferred has no successor yet.
        pending.succeed(7)
        #expect(try successResult(of: pending) == 7)
        let failed = #expect(throws: UnexpectedResult.self) {
            try successResult(of: Deferred<Int>.failed(Broken()))
        }
        #expect(failed?.underlying is Broken)
        #expect(
            failed?.description == "The deferred should have a value, but it failed: Broken()"
        )
    }

    @Test func `the error of a deferred is returned, or an error says what is wrong`() throws {
        #expect(try failureResult(of: Deferred<Int>.failed(Broken())) is Broken)
        try failureResult(of: Deferred<Int>.failed(Broken()), as: Broken.self)
        let succeeded = #expect(throws: UnexpectedResult.self) {
            try failureResult(of: Deferred.succeeded(5))
        }
        #expect(
            succeeded?.description == "The deferred should have an error, but it has a value: 5"
        )
        let other = #expect(throws: UnexpectedResult.self) {
            try failureResult(of: Deferred<Int>.failed(CancelledError()), as: Broken.self)
        }
        #expect(other?.underlying is CancelledError)
        #expect(throws: UnexpectedResult.self) { try failureResult(of: Deferred<Int>()) }
    }

    @Test func `a deferred without a result passes and is left unchanged`() throws {
        let deferred = Deferred<Int>()
        try noResult(of: deferred)
        deferred.succeed(1)
        #expect(throws: UnexpectedResult.self) { try noResult(of: deferred) }
        #expect(try successResult(of: deferred) == 1)
    }

    @Test func `an error that is returned counts as handled`() throws {
        let failures = FailureLog()
        try UnhandledFailure.$sink.withValue(.init { failures.add($0) }) {
            try failureResult(of: Deferred<Int>.failed(Broken()))
        }
        #expect(failures.all.isEmpty)
    }
}
