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

    @Test(arguments: [
        "No space left on device", "Out of memory, malloc failed", "unable to create thread: x",
        "internal server error: out of memory",
    ])
    func `an error that a host reports never blames this machine`(text: String) {
        #expect(self.failure(["fatal: remote error: \(text)"]).exit != .machineFault)
        #expect(self.failure(["remote: \(text)"]).exit != .machineFault)
    }

    @Test func `after a failure of ssh the reason is quoted that came before the last line`() {
        let end = [
            "fatal: Could not read from remote repository.", "", "and the repository exists.",
        ]
        let failure = self.failure(["Your password has expired.", ""] + end)
        #expect(failure.exit == .invalidSource)
        #expect(failure.sentence == "The source cannot be read. (Your password has expired.)")
        let api = self.failure(["remote: GitLab: Internal API unreachable"] + end)
        #expect(api.exit == .temporaryFailure)
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
            ProgramExitCode.machineFault
        ),
        (
            [
                "error: RPC failed; curl 18 x", "fatal: early EOF",
                "fatal: fetch-pack: invalid index-pack output",
            ],
            .temporaryFailure
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
            ], .temporaryFailure
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
        #expect(failure.exit == .temporaryFailure)
    }

    @Test(arguments: [
        "remote: You have exceeded a secondary rate limit. Please wait a few minutes.",
        "fatal: remote error: Too many requests, try again later",
        "remote: GitLab is down for maintenance.", "ERROR: Repository temporarily unavailable.",
        "fatal: remote error: upload-pack: The service is overloaded",
        "remote: error: write failure: No space left on device",
        "You have triggered an abuse detection mechanism.",
    ])
    func `a host that says it is busy is at fault, whatever git makes of it`(line: String) {
        let failure = self.failure([line, "fatal: Could not read from remote repository."])
        #expect(failure.exit == .temporaryFailure)
        #expect(failure.sentence.contains(line))
    }

    @Test(arguments: [
        "fatal: repository 'https://h/rate limit/under maintenance' not found",
        "fatal: 'temporarily' does not appear to be a git repository",
    ])
    func `an address may contain words of a busy host`(line: String) {
        #expect(self.failure([line]).exit == .invalidSource)
    }

    @Test func `a notice of the host does not excuse a refused login`() {
        let failure = self.failure([
            "Scheduled maintenance on Sunday.", "git@h: Permission denied (publickey).",
        ])
        #expect(failure.exit == .invalidSource)
    }

    @Test func `a wrong line in the mirror's own configuration is no fault of the machine`() {
        func fault(_ line: String) -> ImportFailure? {
            GitComplaint.machineFault(
                of: GitResult(
                    command: "git config",
                    exit: .exited(code: 128),
                    output: [],
                    complaints: [line]
                ),
                except: "/m.git"
            )
        }
        #expect(fault("fatal: bad config line 1 in file /m.git/config") == nil)
        #expect(fault("fatal: bad config line 1 in file /etc/gitconfig")?.exit == .machineFault)
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
        #expect(
            failure
                == ImportFailure(
                    .machineFault,
                    "git fetch died from SIGKILL. Perhaps the memory of this machine ran out."
                )
        )
    }
}
