// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import TestSupport
import Testing

@testable import WorkerMonitor

/// Complete jobs with real child processes on the real reactor, with short timeouts.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Real worker` {
    /// The result of a job.
    private struct Result {
        var outcome: MonitorOutcome
        var log: String
        var report: JobReport { self.outcome.report }
        var sent: [String] { self.report.signalsSent.map { "\($0.signal) to \($0.to)" } }
    }

    /// Runs a job whose worker performs `verbs`.
    ///
    /// The function `interfering` may schedule events.
    private func run(
        _ verbs: String...,
        configure: (inout WorkerMonitorConfiguration) -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation,
        interfering: @escaping (CodeImportWorkerMonitor, FakeScheduler, LibevReactor) -> Void = {
            _,
            _,
            _ in
        }
    ) throws -> Result {
        var configuration = WorkerMonitorConfiguration()
        configuration.workerCommand = [testChild]
        configuration.heartbeatInterval = .milliseconds(50)
        configuration.killAfter = .milliseconds(200)
        configuration.drain = .milliseconds(100)
        configure(&configuration)
        var result: Result?
        weak var weakMonitor: CodeImportWorkerMonitor?
        try withFolder { folder in
            let path = "\(folder)/job.log"
            let outcome = runOnLibev { reactor in
                let scheduler = FakeScheduler(reactor)
                let monitor = CodeImportWorkerMonitor(
                    jobID: scheduler.claim(CodeImportJobData(arguments: verbs)),
                    scheduler: scheduler,
                    reactor: reactor,
                    configuration: configuration,
                    logger: RecordedLog().logger,
                    makeLog: { _ in try JobLog(path: path) }
                )
                weakMonitor = monitor
                interfering(monitor, scheduler, reactor)
                return monitor.run()
            }
            let bytes = FileManager.default.contents(atPath: path) ?? Data()
            result = Result(
                outcome: try #require(outcome).get(),
                log: String(decoding: bytes, as: UTF8.self)
            )
        }
        #expect(weakMonitor == nil, sourceLocation: sourceLocation)
        return try #require(result, sourceLocation: sourceLocation)
    }

    @Test func `the output of a successful worker is logged, and the job is finished`() throws {
        let result = try self.run("line:one", "err:two\n", "wait:120", "out:three")
        #expect(result.outcome.delivery == .delivered)
        #expect(result.report.status == .success)
        #expect(result.report.cause == .exit)
        #expect(result.report.exitCode == 0)
        #expect(result.report.signal == nil)
        #expect(result.log == "one\ntwo\nthree")
        #expect(result.report.tail == "one\ntwo\nthree")
        #expect(result.report.logBytes == 13)
        #expect(result.report.outputBytes == 13)
        #expect(result.report.heartbeats >= 1)
        #expect(result.report.duration > 0.05)
        #expect(result.report.signalsSent == [])
        #expect(!result.report.cutOff)
    }

    @Test(arguments: [
        (WorkerStreams.outputTerminal, "011"), (.terminal, "111"), (.pipes, "000"),
    ])
    func `the streams of a worker are terminals as configured`(
        streams: WorkerStreams,
        terminals: String
    ) throws {
        let result = try self.run("terminal", "err:wrong\n", configure: { $0.streams = streams })
        #expect(result.log == "\(terminals)\nwrong\n")
    }

    @Test(arguments: [
        (Int32(2), CodeImportResultStatus.successNoChange), (4, .failureInvalid), (99, .failure),
    ])
    func `the exit code of a worker decides the status`(code: Int32, status: CodeImportResultStatus)
        throws
    {
        let result = try self.run("exit:\(code)")
        #expect(result.report.status == status)
        #expect(result.report.exitCode == code)
    }

    @Test func `the signal that a worker dies from is reported`() throws {
        let result = try self.run("line:before", "die:11")
        #expect(result.report.cause == .signal)
        #expect(result.report.signal == "SIGSEGV")
        #expect(result.log.hasPrefix("before\nImport failed: FAILURE, cause: signal\n"))
    }

    @Test func `a silent worker is interrupted`() throws {
        let result = try self.run(
            "line:going to sleep",
            "pause",
            configure: { $0.inactivityTimeout = .milliseconds(150) }
        )
        #expect(result.report.cause == .inactivityTimeout)
        #expect(result.sent == ["SIGINT to group"])
        #expect(result.report.signal == "SIGINT")
        #expect(result.report.signalsSent[0].at >= 0.15)
    }

    @Test func `a worker that ignores the interrupt is killed together with its children`() throws {
        let result = try self.run(
            "ignore:2",
            "child:ignore:2|ignore:15|pause",
            "ids",
            "pause",
            configure: { $0.inactivityTimeout = .milliseconds(100) }
        )
        #expect(result.sent == ["SIGINT to group", "SIGKILL to group"])
        let times = result.report.signalsSent.map(\.at)
        #expect(times[1] - times[0] >= 0.2)
        #expect(result.report.survivors == [])
        let group = try #require(Int32(result.log.split(separator: " ")[1]))
        #expect(liveMembers(ofGroup: group) == [])
    }

    @Test func `a daemon that holds the output does not delay the end`() throws {
        // The child must not die from the hang-up of the terminal before it has left the session.
        let result = try self.run(
            "ignore:1",
            "ignore:15",
            "detached:wait:1500",
            "line:done",
            configure: { $0.drain = .milliseconds(300) }
        )
        #expect(result.report.status == .success)
        #expect(result.report.cutOff)
        #expect(result.report.duration < 1.4)
        #expect(result.log == "done\n")
    }

    // The child ignores the hang-up of its terminal.
    @Test func `a child in the process group is ended after the worker`() throws {
        let result = try self.run("ignore:1", "ids", "child:pause", "exit:0")
        #expect(result.report.status == .success)
        #expect(result.sent == ["SIGTERM to group"])
        let group = try #require(Int32(result.log.split(separator: " ")[1]))
        #expect(liveMembers(ofGroup: group) == [])
    }

    @Test func `every byte of a flood of output is logged`() throws {
        let result = try self.run("flood:3000000", "line:end")
        #expect(result.report.outputBytes == 3_000_004)
        #expect(result.report.logBytes == 3_000_004)
        #expect(result.report.tail.hasSuffix("end\n"))
    }

    @Test func `a worker whose job no longer exists is stopped, and nothing is reported`() throws {
        let result = try self.run(
            "pause",
            interfering: { monitor, scheduler, reactor in
                reactor.callLater(.milliseconds(80)) { scheduler.delete(monitor.jobID) }
            }
        )
        #expect(result.outcome.delivery == .jobGone)
        #expect(result.report.cause == .jobGone)
        #expect(result.sent == ["SIGINT to group"])
    }

    @Test func `an interrupted monitor stops its worker and hands the job back`() throws {
        let result = try self.run(
            "pause",
            interfering: { monitor, _, reactor in
                reactor.callLater(.milliseconds(80)) { monitor.interrupt(.terminate) }
            }
        )
        #expect(result.outcome.delivery == .handedBack)
        #expect(result.report.cause == .interrupted)
    }

    @Test func `a second interrupt kills the worker`() throws {
        let result = try self.run(
            "ignore:2",
            "pause",
            configure: { $0.killAfter = .seconds(60) },
            interfering: { monitor, _, reactor in
                for time in [100, 150] {
                    reactor.callLater(.milliseconds(time)) { monitor.interrupt(.terminate) }
                }
            }
        )
        #expect(result.outcome.delivery == .handedBack)
        #expect(result.sent == ["SIGINT to group", "SIGKILL to group"])
        #expect(result.report.duration < 5)
    }

    @Test func `a worker that cannot be started is reported with the reason`() throws {
        let result = try self.run(configure: { $0.workerCommand = ["/no/such/worker"] })
        #expect(result.report.cause == .spawnFailed)
        #expect(result.outcome.failure?.contains("No such file or directory") == true)
        #expect(result.log.contains("Import failed: INTERNAL_FAILURE, cause: spawn_failed\n"))
    }
}

/// Returns the members of a process group, except zombies that have not been reaped yet.
private func liveMembers(ofGroup group: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(Int32.init).filter { pid in
        let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") ?? Data()
        let stat = String(decoding: data, as: UTF8.self)
        // The command name in parentheses may contain any character, so search for its end. The
        // state, the parent and the group follow it; see proc_pid_stat(5).
        guard let end = stat.lastIndex(of: ")") else { return false }
        let fields = stat[end...].split(separator: " ")
        return fields.count > 3 && fields[1] != "Z" && Int32(fields[3]) == group
    }
}
