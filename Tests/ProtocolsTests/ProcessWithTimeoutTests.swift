// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@Suite struct `Process with timeout` {
    /// A process with a timeout of ten seconds, and the result of its deferred.
    private final class Capture {
        let clock: TestClock
        let subject: ProcessWithTimeout
        let transport: StubTransport
        private(set) var result: Result<ProcessOutput, any Error>?

        init(_ clock: TestClock, limit: Int) {
            let deferred = Deferred<ProcessOutput>()
            self.clock = clock
            self.subject = ProcessWithTimeout(
                deferred: deferred,
                timeout: .seconds(10),
                limit: limit,
                clock: clock
            )
            self.transport = StubTransport(self.subject, clock: clock)
            deferred.whenFired { [weak self] in self?.result = $0 }
            self.transport.connect()
        }
    }

    private func capture(limit: Int = 100, _ body: (Capture) throws -> Void) rethrows {
        let clock = TestClock()
        let leaks = try LeakDetector.leaks(on: clock) { detector in
            let capture = Capture(clock, limit: limit)
            detector.track(capture.subject)
            detector.track(capture.transport)
            try body(capture)
            capture.transport.end(.exited(code: 0))
        }
        #expect(leaks == [])
    }

    // TestProcessWithTimeout.test_end_versus_timeout_race_condition
    @Test func `a timeout before the exit is reported does not fire the deferred`() {
        self.capture { capture in
            capture.transport.isGone = true
            capture.clock.advance(by: .seconds(20))
            #expect(capture.transport.timeline == ["SIGKILL at 10.0 seconds"])
            #expect(capture.result == nil)
        }
    }

    @Test func `the deferred succeeds with the output of a process that exits cleanly`() throws {
        try self.capture { capture in
            capture.transport.feed("out 1, ")
            capture.transport.feed("wrong", to: 2)
            capture.transport.feed("out 2")
            capture.transport.simulateProcessExit()
            let output = try #require(try capture.result?.get())
            #expect(output.out == Array("out 1, out 2".utf8))
            #expect(output.err == Array("wrong".utf8))
            #expect(!output.isTruncated)
        }
    }

    @Test func `the deferred fails with the output and the last line of standard error`() throws {
        self.capture { capture in
            capture.transport.feed("half")
            capture.transport.feed("warning\nno such file\n", to: 2)
            capture.transport.simulateProcessExit(clean: false)
            let failed = #expect(throws: ProcessFailed.self) { try capture.result?.get() }
            #expect(failed?.output.out == Array("half".utf8))
            #expect(failed?.description == "The process exited with code 1: no such file")
        }
    }

    @Test func `the process group is killed at once when the time is over`() throws {
        self.capture { capture in
            capture.clock.advance(by: .seconds(10))
            #expect(capture.transport.signals == [SentSignal(.kill, to: .group, at: .seconds(10))])
            let failed = #expect(throws: ProcessFailed.self) { try capture.result?.get() }
            #expect(failed?.output.exit.signal == .kill)
        }
    }

    @Test func `only the first bytes are kept if the output exceeds the limit`() throws {
        try self.capture(limit: 5) { capture in
            capture.transport.feed("123")
            capture.transport.feed("4567")
            capture.transport.feed("89")
            capture.transport.simulateProcessExit()
            let output = try #require(try capture.result?.get())
            #expect(output.out == Array("12345".utf8))
            #expect(output.isTruncated)
        }
    }

    @Test func `output that exactly fits the limit is not truncated`() throws {
        try self.capture(limit: 5) { capture in
            capture.transport.feed("12345")
            capture.transport.simulateProcessExit()
            let output = try #require(try capture.result?.get())
            #expect(!output.isTruncated)
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(5))) struct `Command with timeout` {
    // TestRunProcessWithTimeout.test_run_process_with_timeout_invalid_args. The original checked
    // that the arguments are a tuple. The type checker does that here, except for an empty array.
    @Test func `an empty argument list stops the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = runProcessWithTimeout([], on: MemoryReactor())
        }
    }

    // TestRunProcessWithTimeout.test_run_process_with_timeout_success
    @Test func `the deferred succeeds when the command succeeds`() throws {
        let end = try runOnLibev { runProcessWithTimeout(["true"], on: $0) }?.get()
        #expect(end?.exit == .exited(code: 0))
    }

    // TestRunProcessWithTimeout.test_run_process_with_timeout_failure
    @Test func `the deferred fails with the exit of the command`() throws {
        let result = runOnLibev { runProcessWithTimeout(["false"], on: $0) }
        let error = #expect(throws: ProcessTerminated.self) { try result?.get() }
        #expect(error?.exit == .exited(code: 1))
    }

    // TestRunProcessWithTimeout.test_run_process_with_timeout_broken. In the original the child
    // exited with code 1; here the spawn itself throws an error that names the reason.
    @Test func `the deferred fails with the reason why the program could not be started`() throws {
        let result = runOnLibev { runProcessWithTimeout(["no-such-program-in-any-path"], on: $0) }
        let error = #expect(throws: SpawnError.self) { try result?.get() }
        #expect(error?.errno == 2)
    }

    // TestRunProcessWithTimeout.test_run_process_with_timeout_timeout
    @Test func `a command that takes too long by the given clock is terminated`() throws {
        let clock = TestClock()
        let result = runOnLibev { reactor in
            let ended = runProcessWithTimeout(
                ["sleep", "2"],
                timeout: .seconds(1),
                on: reactor,
                clock: clock
            )
            // The timer starts when the process is connected, in the next turn.
            reactor.callLater(.milliseconds(1)) { clock.advance(by: .seconds(2)) }
            return ended
        }
        #expect(throws: TimeoutError.self) { try result?.get() }
        #expect(clock.now == .seconds(2))
        #expect(clock.delayedCalls.isEmpty)
    }
}
