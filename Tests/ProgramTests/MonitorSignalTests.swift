// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import TestSupport
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct `Interrupted monitor` {
        @Test(arguments: [Signal.interrupt, .terminate, .hangup])
        func `a signal to the monitor stops the worker and hands the job back`(_ signal: Signal)
            throws
        {
            let workplace = Workplace()
            let arguments = ["run", "--json", "--", testChild, "line:started", "pause"]
            let result = try Program(workplace: workplace).monitor(
                arguments,
                whenOutput: ("started", signal)
            )
            let report = try result.report()
            #expect(result.exit == .exited(code: 75))
            #expect(report.cause == .interrupted)
            #expect(report.signal == "SIGINT")
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test func `a group that ignores signals is killed when the monitor is terminated`() throws
        {
            let workplace = Workplace()
            let arguments = [
                "run", "--json", "--kill-after", "0.3", "--", testChild, "ignore:1",
                "ignore:2",
                "ignore:15", "child:pause", "line:started", "pause",
            ]
            let result = try Program(workplace: workplace).monitor(
                arguments,
                whenOutput: ("started", .terminate)
            )
            let report = try result.report()
            #expect(result.exit == .exited(code: 75))
            #expect(report.signal == "SIGKILL")
            #expect(report.survivors.isEmpty)
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test
        func `a killed monitor takes its worker along and leaves the log on disk`()
            throws
        {
            let workplace = Workplace()
            let arguments = [
                "run", "--json", "--", testChild, "ignore:2", "line:started", "pause",
            ]
            let result = try Program(workplace: workplace).monitor(
                arguments,
                whenOutput: ("started", .kill)
            )
            #expect(result.exit.signal == .kill)
            // The kernel kills the worker when the monitor dies. The test waits for its end.
            let end = ContinuousClock.now + .seconds(10)
            while !workplace.processesLeft.isEmpty, ContinuousClock.now < end { sched_yield() }
            #expect(workplace.processesLeft.isEmpty)
            let logs = try FileManager.default.contentsOfDirectory(atPath: workplace.path("logs"))
            #expect(
                logs.contains { workplace.read(workplace.path("logs/\($0)")).contains("started") }
            )
        }
    }
}

extension ProgramSuite {
    /// A monitor that is suspended with SIGSTOP for longer than a limit, and then resumed.
    @Suite struct `Suspended monitor` {
        @Test(arguments: [[], ["--pipes"]])
        func `output written while the monitor is suspended counts as activity`(_ options: [String])
            throws
        {
            let script = """
                kill -STOP $PPID
                for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.1; done
                kill -CONT $PPID
                sleep 0.2
                """
            let result = try Program(workplace: Workplace()).monitor(
                ["run", "--json", "--inactivity-timeout", "0.5"] + options
                    + ["--", "sh", "-c", script]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.outputBytes == 21)
            #expect(report.signalsSent.isEmpty)
        }

        @Test(arguments: [["--inactivity-timeout", "0.5"], ["--deadline", "0.5"]])
        func `a worker that ends while the monitor is suspended keeps its result`(_ limit: [String])
            throws
        {
            let script = """
                kill -STOP $PPID
                setsid sh -c "sleep 1; kill -CONT $PPID" >/dev/null 2>&1 </dev/null &
                sleep 0.2
                """
            let result = try Program(workplace: Workplace()).monitor(
                ["run", "--json"] + limit + ["--", "sh", "-c", script]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.cause == .exit)
            #expect(report.exitCode == 0)
        }
    }
}

#endif
