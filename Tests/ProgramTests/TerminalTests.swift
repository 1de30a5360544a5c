// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Glibc
import Reactor
import TestSupport
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// Commands that ask a question, although there is no one to answer.
    ///
    /// Each command would wait until the inactivity timeout, which is longer than the time after
    /// which the tests kill the monitor.
    @Suite struct `Terminal of a job` {
        /// Runs a shell script as a job.
        private func run(_ script: String, _ options: [String] = []) throws -> JobReport {
            let result = try Program(workplace: Workplace()).monitor(
                ["run", "--json"] + options + ["--", "sh", "-c", script]
            )
            return try result.report()
        }

        @Test(arguments: [[], ["--pipes"]])
        func `a job that reads its input reads the end of it`(_ options: [String]) throws {
            let report = try self.run("cat; echo over", options)
            #expect(report.status == .success)
            #expect(report.tail == "over\n")
        }

        @Test(arguments: [
            "read answer </dev/tty", "exec 3<>/dev/tty", "cat <&1", "cat <&2",
            "stty -F /dev/tty -echo",
        ])
        func `a job that reads from its terminal fails at once`(script: String) throws {
            let report = try self.run("\(script) || exit 7; echo wrong")
            #expect(report.cause == .exit)
            #expect([7, 1, 2].contains(report.exitCode ?? 0))
            #expect(!report.tail.contains("wrong"))
        }

        @Test(arguments: [
            "cat /dev/stdout", "cat /dev/stderr", "cat \"$(readlink /proc/$$/fd/1)\"",
        ])
        func `a job that opens its terminal by name reads the end of its input`(script: String)
            throws
        {
            // Users other than root get "Permission denied".
            let report = try self.run("\(script) 2>/dev/null; echo over")
            #expect(report.status == .success)
            #expect(report.tail == "over\n")
        }

        @Test(.enabled(if: getuid() == 0))
        func `a session leader that takes its terminal reads the end of its input`() throws {
            // The shell opens the terminal for reading and writing, and the kernel makes it the
            // controlling terminal of a session leader that has none.
            let report = try self.run("exec 3<>/dev/stdout; cat <&3; cat </dev/tty; echo over")
            #expect(report.status == .success)
            #expect(report.tail == "over\n")
        }

        @Test(.enabled(if: access("/usr/bin/vi", X_OK) == 0))
        func `an editor that is started on the terminal of a job ends at once`() throws {
            let report = try self.run("/usr/bin/vi /etc/services; echo over")
            #expect(report.cause == .exit)
            #expect(report.tail.hasSuffix("over\n"))
        }

        @Test func `the output of a job is a terminal of the usual size`() throws {
            let result = try Program(workplace: Workplace()).run(acts: ["terminal", "window"])
            #expect(try result.report().tail == "011\n24x80\n")
        }

        @Test func `a job with --terminal has a controlling terminal of the usual size`() throws {
            let result = try Program(workplace: Workplace()).run(
                ["--terminal"],
                acts: ["terminal", "window", "open:/dev/tty"]
            )
            #expect(try result.report().tail == "111\n24x80\nopened\n")
        }

        @Test func `a descendant that writes after the monitor was killed gets an error`() throws {
            let workplace = Workplace()
            let script = """
                trap '' HUP
                (trap '' HUP INT TERM; while echo tick; do sleep 0.05; done 2>/dev/null) &
                echo started
                wait
                """
            let result = try Program(workplace: workplace).monitor(
                ["run", "--", "sh", "-c", script],
                whenOutput: ("started", .kill)
            )
            #expect(result.exit.signal == .kill)
            let end = ContinuousClock.now + .seconds(20)
            while !workplace.processesLeft.isEmpty, ContinuousClock.now < end { sched_yield() }
            #expect(workplace.processesLeft.isEmpty)
        }
    }
}

#endif
