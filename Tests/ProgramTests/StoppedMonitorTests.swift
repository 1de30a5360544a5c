// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// A monitor that is stopped (SIGSTOP) for longer than a limit and then resumed.
    @Suite struct StoppedMonitorTests {
        @Test(arguments: [[], ["--pipes"]])
        func `what the worker wrote meanwhile counts as a sign of life`(_ options: [String]) throws
        {
            let script = """
                kill -STOP $PPID
                for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.1; done
                kill -CONT $PPID
                sleep 0.2
                """
            let result = try Program(place: Workplace()).monitor(
                ["run", "--json", "--inactivity-timeout", "0.5"] + options
                    + ["--", "sh", "-c", script]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.outputBytes == 21)
            #expect(report.signalsSent.isEmpty)
        }

        @Test(arguments: [["--inactivity-timeout", "0.5"], ["--deadline", "0.5"]])
        func `a worker that has ended meanwhile has its result`(_ limit: [String]) throws {
            let script = """
                kill -STOP $PPID
                setsid sh -c "sleep 1; kill -CONT $PPID" >/dev/null 2>&1 </dev/null &
                sleep 0.2
                """
            let result = try Program(place: Workplace()).monitor(
                ["run", "--json"] + limit + ["--", "sh", "-c", script]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.cause == .exit)
            #expect(report.exitCode == 0)
        }
    }
}
