// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import ReactorTesting
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `Running a command with a timeout` {
    // TestRunProcessWithTimeout.test_run_process_with_timeout_invalid_args. The original wanted a
    // tuple, which the type of the arguments says here; what is left to get wrong is the empty one.
    @Test func `needs a program`() async {
        await #expect(processExitsWith: .failure) {
            _ = runProcessWithTimeout([], on: MemoryReactor())
        }
    }

    // TestRunProcessWithTimeout.test_run_process_with_timeout_success
    @Test func `succeeds when the command does`() throws {
        let end = try runOnLibev { runProcessWithTimeout(["true"], on: $0) }?.get()
        #expect(end?.exit == .exited(code: 0))
    }

    // TestRunProcessWithTimeout.test_run_process_with_timeout_failure
    @Test func `fails with the command's exit`() throws {
        let result = runOnLibev { runProcessWithTimeout(["false"], on: $0) }
        let error = #expect(throws: ProcessTerminated.self) { try result?.get() }
        #expect(error?.exit == .exited(code: 1))
    }

    // TestRunProcessWithTimeout.test_run_process_with_timeout_broken. The original's child could
    // only exit with code 1; here the spawn says what is wrong.
    @Test func `fails with why a program could not be started`() throws {
        let result = runOnLibev { runProcessWithTimeout(["no-such-program-in-any-path"], on: $0) }
        let error = #expect(throws: SpawnError.self) { try result?.get() }
        #expect(error?.errno == 2)
    }

    // TestRunProcessWithTimeout.test_run_process_with_timeout_timeout
    @Test func `ends a command that takes too long by the clock that it was given`() throws {
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
