// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import ReactorTesting
import Testing

@Suite struct `A process with a timeout and captured output` {
    /// A process that may take ten seconds, and what has come out of it so far.
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
        let remains = Remains(on: clock)
        func perform() throws {
            let capture = Capture(clock, limit: limit)
            remains.watch(capture.subject)
            remains.watch(capture.transport)
            try body(capture)
            capture.transport.end(.exited(code: 0))
        }
        try perform()
        #expect(remains.all == [])
    }

    // TestProcessWithTimeout.test_end_versus_timeout_race_condition
    @Test func `may time out after an exit that nobody has told it of`() {
        self.capture { capture in
            capture.transport.isGone = true
            capture.clock.advance(by: .seconds(20))
            #expect(capture.transport.timeline == ["SIGKILL at 10.0 seconds"])
            #expect(capture.result == nil)
        }
    }

    @Test func `gives its output when it exits cleanly`() throws {
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

    @Test func `fails with its output and the last line of its errors`() throws {
        self.capture { capture in
            capture.transport.feed("half")
            capture.transport.feed("warning\nno such file\n", to: 2)
            capture.transport.simulateProcessExit(clean: false)
            let failed = #expect(throws: ProcessFailed.self) { try capture.result?.get() }
            #expect(failed?.output.out == Array("half".utf8))
            #expect(failed?.description == "The process exited with code 1: no such file")
        }
    }

    @Test func `is killed at once, with its group, when its time is over`() throws {
        self.capture { capture in
            capture.clock.advance(by: .seconds(10))
            #expect(capture.transport.signals == [SentSignal(.kill, to: .group, at: .seconds(10))])
            let failed = #expect(throws: ProcessFailed.self) { try capture.result?.get() }
            #expect(failed?.output.exit.signal == .kill)
        }
    }

    @Test func `keeps the first bytes of too much output`() throws {
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

    @Test func `is not cut short when the output is just what fits`() throws {
        try self.capture(limit: 5) { capture in
            capture.transport.feed("12345")
            capture.transport.simulateProcessExit()
            let output = try #require(try capture.result?.get())
            #expect(!output.isTruncated)
        }
    }
}
