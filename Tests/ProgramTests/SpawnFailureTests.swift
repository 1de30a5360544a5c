// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct SpawnFailureTests {
        /// Runs a command that cannot be started, and looks at all that it leaves.
        private func expectFailure(_ command: String, in place: Workplace, says sentence: String)
            throws
        {
            let result = try Program(place: place).monitor(["run", "--json", "--", command])
            let report = try result.report()
            #expect(report.status == .failure)
            #expect(report.cause == .spawnFailed)
            #expect(report.exitCode == nil && report.signal == nil)
            #expect(result.err.contains(sentence))
            #expect(place.read(report.logPath ?? "").contains(sentence))
            #expect(result.exit == .exited(code: 1))
        }

        @Test func `a command that is not there is named`() throws {
            let sentence = "Cannot execute /nonesuch/command: No such file or directory."
            try self.expectFailure("/nonesuch/command", in: Workplace(), says: sentence)
        }

        @Test func `a name that is in no folder of PATH is named`() throws {
            try self.expectFailure(
                "no-such-command-anywhere",
                in: Workplace(),
                says: "which is in no folder of PATH"
            )
        }

        @Test func `a file that is not executable is named, with what would help`() throws {
            let place = Workplace()
            place.write("#!/bin/sh\n", to: "script")
            try self.expectFailure(
                place.path("script"),
                in: place,
                says: "which is not executable (chmod +x)"
            )
        }

        @Test func `a folder is no command`() throws {
            try self.expectFailure("/tmp", in: Workplace(), says: "which is a folder")
        }

        @Test func `a bad interpreter line is named as such`() throws {
            let place = Workplace()
            place.write("#!/nonesuch/interpreter\n", to: "script", mode: 0o755)
            try self.expectFailure(place.path("script"), in: place, says: "whose interpreter")
        }
    }
}
