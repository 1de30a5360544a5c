// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// reference/launchpad-worker-monitor.md §8, W1: the original turned these into timeouts, or
    /// hung.
    ///
    /// What is ignored is ignored before the child is made, so that no signal comes too early for
    /// it.
    @Suite struct LeftoverTests {
        @Test(arguments: [[], ["--pipes"]])
        func `a grandchild that holds the output delays the end by the drain time at most`(
            _ options: [String]
        ) throws {
            let place = Workplace()
            let limits = ["--drain", "0.5", "--inactivity-timeout", "5"]
            let result = try Program(place: place).run(
                options + limits,
                acts: ["ignore:1", "child:pause", "line:done", "exit:0"]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.cause == .exit)
            #expect(report.exitCode == 0)
            #expect(report.duration < 1.5)
            #expect(report.signalsSent.map(\.signal) == ["SIGTERM"])
            #expect(report.tail == "done\n")
            #expect(place.processesLeft.isEmpty)
            #expect(result.exit == .exited(code: 0))
        }

        @Test(arguments: [[], ["--pipes"]])
        func `a grandchild that ignores every polite signal is killed, and the status stays`(
            _ options: [String]
        ) throws {
            let place = Workplace()
            let limits = ["--drain", "0.3", "--kill-after", "0.3"]
            let result = try Program(place: place).run(
                options + limits,
                acts: ["ignore:1", "ignore:2", "ignore:15", "child:pause", "line:done", "exit:0"]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.signalsSent.map(\.signal) == ["SIGTERM", "SIGKILL"])
            #expect(report.survivors.isEmpty)
            #expect(place.processesLeft.isEmpty)
        }

        @Test(arguments: [[], ["--pipes"]])
        func `what a grandchild writes within the drain time is in the log`(_ options: [String])
            throws
        {
            let place = Workplace()
            let result = try Program(place: place).run(
                options + ["--drain", "5"],
                acts: ["ignore:1", "child:wait:200|line:late", "line:early", "exit:0"]
            )
            let report = try result.report()
            #expect(report.tail == "early\nlate\n")
            #expect(report.duration < 3)
        }

        @Test(arguments: [[], ["--pipes"]])
        func `a worker that closes its own output works on to its end`(_ options: [String]) throws {
            let place = Workplace()
            let result = try Program(place: place).run(
                options + ["--exit-codes", "import"],
                acts: ["line:hello", "close:0", "close:1", "close:2", "wait:300", "exit:3"]
            )
            let report = try result.report()
            #expect(report.status == .successPartial)
            #expect(report.exitCode == 3)
            #expect(report.signalsSent.isEmpty)
            #expect(report.outputBytes == 6)
        }
    }
}
