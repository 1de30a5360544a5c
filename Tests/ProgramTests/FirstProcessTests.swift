// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// The monitor as process 1 of a PID namespace, as in a container.
    @Suite(.enabled(if: canUnshare, "It needs the permission to create namespaces."))
    struct `Monitor as process 1` {
        /// Runs a shell script as a job of a monitor that is process 1.
        private func run(_ script: String, mountsProc: Bool = true) throws -> ProgramResult {
            let workplace = Workplace()
            workplace.write(script, to: "job")
            return try Program(workplace: workplace).shell(
                """
                exec unshare --pid --fork \(mountsProc ? "--mount-proc" : "") \\
                "$MONITOR" run --json --store "$STORE" -- sh '\(workplace.path("job"))'
                """
            )
        }

        @Test func `orphans leave no zombies`() throws {
            // Each subshell exits at once, so that the monitor becomes the parent of a process in
            // a session of its own. The job ends when none of these processes is left, not even as
            // a zombie.
            let script = """
                i=0
                while [ $i -lt 200 ]; do
                    (setsid sleep 0.01 >/dev/null 2>&1 </dev/null &)
                    i=$((i + 1))
                done
                while cat /proc/[0-9]*/stat 2>/dev/null | grep -q '(sleep)'; do :; done
                exit 7
                """
            let report = try self.run(script).report()
            #expect(report.exitCode == 7)
            #expect(report.cause == .exit)
        }

        @Test func `the exit status of the worker survives a flood of orphans`() throws {
            let script = """
                i=0
                while [ $i -lt 300 ]; do (setsid true &); i=$((i + 1)); done
                exit 9
                """
            let report = try self.run(script).report()
            #expect(report.exitCode == 9)
        }

        @Test(arguments: ["TERM", "INT", "QUIT", "HUP", "USR1"])
        func `a signal ends the job in order`(signal: String) throws {
            let result = try self.run("kill -\(signal) 1; sleep 30")
            #expect(result.exit == .exited(code: 75))
            #expect(try result.report().cause == .interrupted)
        }

        // `unshare --pid` without `--mount-proc` leaves the /proc of the outer namespace.
        @Test func `a worker whose group stays is ended although /proc shows other numbers`() throws
        {
            let result = try self.run(
                "trap '' HUP; sleep 300 & echo done",
                mountsProc: false
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.signalsSent.map(\.signal) == ["SIGTERM"])
        }
    }
}

#endif
