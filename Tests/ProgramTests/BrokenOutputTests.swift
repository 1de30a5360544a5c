// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// A standard output, input or error that is full, or not there.
    @Suite struct BrokenOutputTests {
        private let place = Workplace()

        /// Runs a job with these options, and with the shell's redirections.
        private func run(
            _ options: String,
            _ redirections: String,
            job: String = "echo hello"
        ) throws -> ProgramResult {
            try Program(place: self.place).shell(
                #"exec "$MONITOR" run \#(options) --store "$STORE" -- sh -c '\#(job)' \#(redirections)"#
            )
        }

        @Test(arguments: ["--json", ""], [">/dev/full", ">&-"])
        func `a record that cannot be printed is said, with how the job ended`(
            _ options: String,
            _ redirection: String
        ) throws {
            let result = try self.run(options, redirection)
            #expect(result.exit == .exited(code: 74))
            let reason = redirection == ">&-" ? "Bad file descriptor" : "No space left on device"
            #expect(
                result.err.contains(
                    "worker-monitor: The record of job 1, SUCCESS, cannot be written to standard output: \(reason)."
                ),
                "\(result.err)"
            )
            #expect(self.place.read(self.place.path("logs/job-1.log")) == "hello\n")
        }

        @Test func `a reader of the record that has gone is said too`() throws {
            let result = try Program(place: self.place).shell(
                #"{ "$MONITOR" run --json --store "$STORE" -- echo hello; echo "code $?" >&2; } | true"#
            )
            #expect(result.err.contains("code 74"), "\(result.err)")
        }

        @Test func `a failed job is named as failed`() throws {
            let result = try self.run("--json", ">/dev/full", job: "exit 3")
            #expect(result.exit == .exited(code: 74))
            #expect(result.err.contains("The record of job 1, FAILURE, cannot be written"))
        }

        @Test func `a record that nobody wants needs no standard output`() throws {
            #expect(try self.run("--quiet", ">&-").exit == .exited(code: 0))
        }

        @Test func `without standard error the record is printed`() throws {
            let result = try self.run("--json", "2>&-")
            #expect(result.exit == .exited(code: 0))
            #expect(try result.report().status == .success)
        }

        // Whatever the program opens first would be standard output, and the record be written to
        // it.
        @Test func `with all three closed the store is not written over`() throws {
            #expect(try self.run("--json", "<&- >&- 2>&-").exit == .exited(code: 74))
            let next = try Program(place: self.place).run(acts: ["line:on"])
            #expect(next.exit == .exited(code: 0))
            #expect(try next.report().jobID == 2)
        }
    }
}
