// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Glibc
import Reactor
import TestSupport
import Testing

extension ProgramSuite {
    /// The monitor as a job of a shell on a terminal, with job control.
    @Suite struct `Background job on a terminal` {
        private static let eraseLine = "\r\u{1B}[K"

        /// Returns the output of a script of a shell whose controlling terminal the test reads.
        private func output(of script: String) throws -> String {
            let workplace = Workplace()
            let reactor = LibevReactor()
            let capture = Capture(reactor: reactor, timeout: .seconds(60))
            var request = SpawnRequest("/bin/sh", ["-c", "set -m; stty tostop; \(script)"])
            request.streams = .terminal()
            request.environment = .inheriting(changes: [
                "MONITOR": builtProgram("worker-monitor"), "STORE": workplace.store,
            ])
            try reactor.spawnProcess(capture, request)
            reactor.run()
            #expect(capture.result.exit == .exited(code: 0))
            return capture.result.out
        }

        private static let job = """
            "$MONITOR" run --store "$STORE" -- sh -c 'echo working; sleep 1'
            """

        @Test func `a job in the foreground shows a live line`() throws {
            let output = try self.output(of: Self.job)
            #expect(output.contains("\(Self.eraseLine)job 1  running"))
        }

        @Test func `a job in the background shows no live line and is never stopped`() throws {
            let output = try self.output(of: "\(Self.job) & wait $!")
            #expect(!output.contains(Self.eraseLine))
            #expect(output.contains("status      SUCCESS"))
        }

        @Test func `the live line comes back when the job comes to the foreground`() throws {
            let output = try self.output(
                of: "\(Self.job) & sleep 0.5; echo brought; fg >/dev/null"
            )
            let parts = output.split(
                separator: "brought",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            #expect(parts.count == 2)
            #expect(parts.first?.contains(Self.eraseLine) == false)
            #expect(parts.last?.contains("\(Self.eraseLine)job 1  running") == true)
        }

        @Test func `a job that Ctrl-Z stops continues in the foreground`() throws {
            let output = try self.output(
                of: """
                    \(Self.job) & pid=$!
                    sleep 0.3; kill -TSTP $pid; sleep 0.3; fg >/dev/null
                    """
            )
            #expect(output.contains("status      SUCCESS"))
        }
    }
}

#endif
