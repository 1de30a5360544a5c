// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Glibc
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct `Commands that cannot be started` {
        /// Runs a command that cannot be started, and checks the report, the message and the log.
        private func expectFailure(
            _ command: String,
            in workplace: Workplace,
            says sentence: String
        )
            throws
        {
            let result = try Program(workplace: workplace).monitor(["run", "--json", "--", command])
            let report = try result.report()
            #expect(report.status == .failure)
            #expect(report.cause == .spawnFailed)
            #expect(report.exitCode == nil && report.signal == nil)
            #expect(result.err.contains(sentence))
            #expect(workplace.read(report.logPath ?? "").contains(sentence))
            #expect(result.exit == .exited(code: 1))
        }

        @Test func `a missing command is named`() throws {
            let sentence = "Cannot execute /nonesuch/command: No such file or directory."
            try self.expectFailure("/nonesuch/command", in: Workplace(), says: sentence)
        }

        @Test func `a name that is not found in PATH is named`() throws {
            try self.expectFailure(
                "no-such-command-anywhere",
                in: Workplace(),
                says: "which is in no directory of PATH"
            )
        }

        @Test func `a file that is not executable is named together with a remedy`() throws {
            let workplace = Workplace()
            workplace.write("#!/bin/sh\n", to: "script")
            try self.expectFailure(
                workplace.path("script"),
                in: workplace,
                says: "which is not executable (use chmod +x)"
            )
        }

        @Test func `a folder is not accepted as a command`() throws {
            try self.expectFailure("/tmp", in: Workplace(), says: "which is a directory")
        }

        @Test func `a missing interpreter of a script is reported as such`() throws {
            let workplace = Workplace()
            workplace.write("#!/nonesuch/interpreter\n", to: "script", mode: 0o755)
            try self.expectFailure(
                workplace.path("script"),
                in: workplace,
                says: "whose interpreter"
            )
        }
    }
}

#endif
