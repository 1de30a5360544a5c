// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// Workers whose descendants outlive them, and workers that close their own output.
    ///
    /// Launchpad's worker monitor reported these jobs as timed out, or hung. Each worker sets up
    /// the signals to ignore before it starts its child, so that no signal arrives too early.
    @Suite struct `Descendants that outlive the worker` {
        @Test(arguments: [[], ["--pipes"]])
        func `a grandchild that holds the output delays the end by at most the drain time`(
            _ options: [String]
        ) throws {
            let workplace = Workplace()
            let limits = ["--drain", "0.5", "--inactivity-timeout", "5"]
            let result = try Program(workplace: workplace).run(
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
            #expect(workplace.processesLeft.isEmpty)
            #expect(result.exit == .exited(code: 0))
        }

        @Test(arguments: [[], ["--pipes"]])
        func `a grandchild that ignores SIGTERM is killed and the status is kept`(
            _ options: [String]
        ) throws {
            let workplace = Workplace()
            let limits = ["--drain", "0.3", "--kill-after", "0.3"]
            let result = try Program(workplace: workplace).run(
                options + limits,
                acts: ["ignore:1", "ignore:2", "ignore:15", "child:pause", "line:done", "exit:0"]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.signalsSent.map(\.signal) == ["SIGTERM", "SIGKILL"])
            #expect(report.survivors.isEmpty)
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test(arguments: [[], ["--pipes"]])
        func `output that a grandchild writes within the drain time is logged`(_ options: [String])
            throws
        {
            let workplace = Workplace()
            let result = try Program(workplace: workplace).run(
                options + ["--drain", "5"],
                acts: ["ignore:1", "child:wait:200|line:late", "line:early", "exit:0"]
            )
            let report = try result.report()
            #expect(report.tail == "early\nlate\n")
            #expect(report.duration < 3)
        }

        @Test(arguments: [[], ["--pipes"]])
        func `a worker that closes its own output runs to its end`(_ options: [String]) throws {
            let workplace = Workplace()
            let result = try Program(workplace: workplace).run(
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

#endif
