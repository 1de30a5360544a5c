// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct InterruptedMonitorTests {
        @Test(arguments: [Signal.interrupt, .terminate, .hangup])
        func `a signal to the monitor stops the worker and hands the job back`(_ signal: Signal)
            throws
        {
            let place = Workplace()
            let arguments = ["run", "--json", "--", Program.testChild, "line:started", "pause"]
            let result = try Program(place: place).monitor(
                arguments,
                whenOutput: ("started", signal)
            )
            let report = try result.report()
            #expect(result.exit == .exited(code: 75))
            #expect(report.cause == .interrupted)
            #expect(report.signal == "SIGINT")
            #expect(place.processesLeft.isEmpty)
        }

        @Test func `a stubborn group is killed when the monitor is told to stop`() throws {
            let place = Workplace()
            let arguments = [
                "run", "--json", "--kill-after", "0.3", "--", Program.testChild, "ignore:1",
                "ignore:2",
                "ignore:15", "child:pause", "line:started", "pause",
            ]
            let result = try Program(place: place).monitor(
                arguments,
                whenOutput: ("started", .terminate)
            )
            let report = try result.report()
            #expect(result.exit == .exited(code: 75))
            #expect(report.signal == "SIGKILL")
            #expect(report.survivors.isEmpty)
            #expect(place.processesLeft.isEmpty)
        }

        @Test
        func `a monitor that is killed takes its worker along and leaves its output on the disk`()
            throws
        {
            let place = Workplace()
            let arguments = [
                "run", "--json", "--", Program.testChild, "ignore:2", "line:started", "pause",
            ]
            let result = try Program(place: place).monitor(
                arguments,
                whenOutput: ("started", .kill)
            )
            #expect(result.exit.signal == .kill)
            // The kernel kills the worker as the monitor dies; the event to wait for is its end.
            let end = ContinuousClock.now + .seconds(10)
            while !place.processesLeft.isEmpty, ContinuousClock.now < end { sched_yield() }
            #expect(place.processesLeft.isEmpty)
            let logs = try FileManager.default.contentsOfDirectory(atPath: place.path("logs"))
            #expect(logs.contains { place.read(place.path("logs/\($0)")).contains("started") })
        }
    }
}
