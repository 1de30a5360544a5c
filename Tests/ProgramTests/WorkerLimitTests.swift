// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct `Limits of a worker` {
        @Test(arguments: [[], ["--pipes"]])
        func `a silent worker is interrupted after the inactivity timeout`(_ options: [String])
            throws
        {
            let workplace = Workplace()
            let limits = ["--inactivity-timeout", "0.5", "--kill-after", "5"]
            let result = try Program(workplace: workplace).run(
                options + limits,
                acts: ["line:hello", "pause"]
            )
            let report = try result.report()
            #expect(report.cause == .inactivityTimeout)
            #expect(report.status == .failure)
            #expect(report.signal == "SIGINT")
            #expect(report.signalsSent.map(\.signal) == ["SIGINT"])
            #expect(report.duration < 3)
            #expect(workplace.read(report.logPath ?? "").contains("cause: inactivity_timeout"))
            #expect(result.exit == .exited(code: 1))
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test(arguments: [[], ["--pipes"]])
        func `a worker that ignores the interrupt is killed`(_ options: [String]) throws {
            let workplace = Workplace()
            let limits = ["--inactivity-timeout", "0.3", "--kill-after", "0.3"]
            let result = try Program(workplace: workplace).run(
                options + limits,
                acts: ["ignore:2", "line:hello", "pause"]
            )
            let report = try result.report()
            #expect(report.cause == .inactivityTimeout)
            #expect(report.signal == "SIGKILL")
            #expect(report.signalsSent.map(\.signal) == ["SIGINT", "SIGKILL"])
            #expect(report.signalsSent.allSatisfy { $0.to == "group" })
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test(arguments: [[], ["--pipes"]])
        func `children that ignore the interrupt are killed with their parent`(_ options: [String])
            throws
        {
            let workplace = Workplace()
            let limits = ["--inactivity-timeout", "0.3", "--kill-after", "0.3"]
            let result = try Program(workplace: workplace).run(
                options + limits,
                acts: [
                    "ignore:2", "ignore:1", "ignore:15", "child:pause", "child:pause", "line:hello",
                    "pause",
                ]
            )
            let report = try result.report()
            #expect(report.cause == .inactivityTimeout)
            #expect(report.survivors.isEmpty)
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test func `children that outlive an interrupted parent are killed too`() throws {
            let workplace = Workplace()
            let limits = ["--inactivity-timeout", "0.3", "--kill-after", "0.5"]
            let acts = ["ignore:1", "ignore:2", "child:pause", "default:2", "line:hello", "pause"]
            let result = try Program(workplace: workplace).run(limits, acts: acts)
            let report = try result.report()
            #expect(report.signal == "SIGINT")
            #expect(report.signalsSent.map(\.signal) == ["SIGINT", "SIGKILL"])
            #expect(report.survivors.isEmpty)
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test func `output keeps a worker alive beyond the inactivity timeout`() throws {
            let ticks = (1...6).flatMap { ["line:tick \($0)", "wait:200"] }
            let result = try Program(workplace: Workplace()).run(
                ["--inactivity-timeout", "0.6"],
                acts: ticks
            )
            #expect(try result.report().status == .success)
        }

        @Test func `a worker that writes output forever is stopped at its deadline`() throws {
            let workplace = Workplace()
            let ticks = (1...100).flatMap { ["line:tick \($0)", "wait:50"] }
            let result = try Program(workplace: workplace).run(["--deadline", "0.5"], acts: ticks)
            let report = try result.report()
            #expect(report.cause == .deadline)
            #expect(report.status == .failure)
            #expect(report.signal == "SIGINT")
            #expect(report.duration >= 0.5 && report.duration < 3)
            #expect(workplace.read(report.logPath ?? "").contains("cause: deadline"))
            #expect(workplace.processesLeft.isEmpty)
        }
    }
}

#endif
