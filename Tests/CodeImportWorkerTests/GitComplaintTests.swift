// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Reactor
import Testing

@testable import code_import_worker

@Suite struct `Complaints of git` {
    private func failure(_ complaints: [String], _ exit: ProcessExit = .exited(code: 128))
        -> ImportFailure
    {
        GitComplaint.failure(
            of: GitResult(command: "git fetch", exit: exit, output: [], complaints: complaints)
        )
    }

    @Test func `each message matches its own row before any other`() {
        for row in GitComplaint.table {
            let failure = self.failure(["warning: x", row.example, "hint: y"])
            #expect(failure == ImportFailure(row.exit, "\(row.sentence) (\(row.example))"))
        }
    }

    @Test func `no message maps to an exit code that is not a failure of git`() {
        let taken: [ProgramExitCode] = [.success, .nothingNew, .partial]
        #expect(!GitComplaint.table.contains { taken.contains($0.exit) })
    }

    @Test(arguments: [
        (
            [
                "fatal: write error: No space left on device",
                "fatal: fetch-pack: invalid index-pack output",
            ],
            ProgramExitCode.failure
        ),
        (
            [
                "error: RPC failed; curl 18 x", "fatal: early EOF",
                "fatal: fetch-pack: invalid index-pack output",
            ],
            .failure
        ),
        (
            [
                "fatal: early EOF",
                "fatal: git upload-pack: aborting due to possible repository corruption on the "
                    + "remote side.",
            ], .remoteBroken
        ),
        (
            [
                "ssh: Could not resolve hostname h: Name or service not known",
                "fatal: Could not read from remote repository.",
            ], .invalidSource
        ),
        (
            [
                "error: unable to read askpass response from 'false'",
                "fatal: could not read Username for 'http://h': terminal prompts disabled",
            ], .invalidSource
        ),
        (
            ["fatal: bad object refs/heads/main", "error: /s did not send all necessary objects"],
            .failure
        ),
    ])
    func `a specific message takes precedence over a vague one`(
        lines: [String],
        exit: ProgramExitCode
    ) {
        #expect(self.failure(lines).exit == exit)
    }

    @Test func `a server cannot imitate an error of this machine`() {
        let failure = self.failure([
            "remote: fatal: write error: No space left on device", "fatal: early EOF",
        ])
        #expect(failure.sentence.hasPrefix("The transfer was interrupted"))
    }

    @Test func `an unknown message is quoted in the failure`() {
        #expect(
            self.failure(["fatal: the moon is full", "hint: wait"])
                == ImportFailure(
                    .failure,
                    "git fetch ended with exit code 128. (fatal: the moon is full)"
                )
        )
        #expect(self.failure([]) == ImportFailure(.failure, "git fetch ended with exit code 128."))
    }

    @Test func `the signal that killed git takes precedence over all messages`() {
        let failure = self.failure(["fatal: early EOF"], .signaled(.kill, coreDumped: false))
        #expect(failure == ImportFailure(.failure, "git fetch died from SIGKILL."))
    }
}
