// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// A standard input, output or error that is full or closed.
    @Suite struct `Broken standard streams` {
        private let workplace = Workplace()

        /// Runs a job with these options and these redirections of the shell.
        private func run(
            _ options: String,
            _ redirections: String,
            job: String = "echo hello"
        ) throws -> ProgramResult {
            try Program(workplace: self.workplace).shell(
                #"exec "$MONITOR" run \#(options) --store "$STORE" "#
                    + "-- sh -c '\(job)' \(redirections)"
            )
        }

        @Test(arguments: ["--json", ""], [">/dev/full", ">&-"])
        func `a record that cannot be printed is reported with the outcome of the job`(
            _ options: String,
            _ redirection: String
        ) throws {
            let result = try self.run(options, redirection)
            #expect(result.exit == .exited(code: 74))
            let reason = redirection == ">&-" ? "Bad file descriptor" : "No space left on device"
            #expect(
                result.err.contains(
                    "worker-monitor: Cannot write the record of job 1 (SUCCESS) to standard output: \(reason)."
                ),
                "\(result.err)"
            )
            #expect(self.workplace.read(self.workplace.path("logs/job-1.log")) == "hello\n")
        }

        @Test func `a closed pipe at standard output is reported`() throws {
            let result = try Program(workplace: self.workplace).shell(
                #"{ "$MONITOR" run --json --store "$STORE" -- echo hello; echo "code $?" >&2; } | true"#
            )
            #expect(result.err.contains("code 74"), "\(result.err)")
        }

        @Test func `the message names the outcome of a failed job`() throws {
            let result = try self.run("--json", ">/dev/full", job: "exit 3")
            #expect(result.exit == .exited(code: 74))
            #expect(result.err.contains("Cannot write the record of job 1 (FAILURE)"))
        }

        @Test func `a quiet run needs no standard output`() throws {
            #expect(try self.run("--quiet", ">&-").exit == .exited(code: 0))
        }

        @Test func `the record is printed without a standard error`() throws {
            let result = try self.run("--json", "2>&-")
            #expect(result.exit == .exited(code: 0))
            #expect(try result.report().status == .success)
        }

        // The first file that the program opens would become descriptor 1, and the record would be
        // written into it.
        @Test func `the store is not overwritten if all three streams are closed`() throws {
            #expect(try self.run("--json", "<&- >&- 2>&-").exit == .exited(code: 74))
            let next = try Program(workplace: self.workplace).run(acts: ["line:on"])
            #expect(next.exit == .exited(code: 0))
            #expect(try next.report().jobID == 2)
        }
    }
}

#endif
