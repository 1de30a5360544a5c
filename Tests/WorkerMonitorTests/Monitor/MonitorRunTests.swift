// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// A log that accepts output and whose assembly fails.
private final class UnclosableLog: JobLogSink {
    private(set) var outputBytes: Int64 = 0
    /// How many times the log was ended.
    private(set) var closings = 0

    var path: String? { "/logs/job.log" }
    var logBytes: Int64 { self.outputBytes }

    func append(_ output: RawSpan) throws(JobLogError) {
        self.outputBytes += Int64(output.byteCount)
    }

    func note(_ text: String) throws(JobLogError) {}

    func endWriting() -> (@Sendable () throws -> Int64)? {
        self.closings += 1
        return { throw JobLogError(.assemble, path: "/logs/job.log", errno: 28) }
    }
}

/// The counterparts of Launchpad's TestWorkerMonitorRunNoProcess, and other complete runs.
@Suite struct `Run of a monitor` {
    // TestWorkerMonitorRunNoProcess.test_success
    @Test func `a job whose worker succeeds is finished`() {
        playJob([.write("done\n"), .wait(.seconds(3)), .exit(0)]) { scene in
            scene.start()
            #expect(scene.outcome == nil)
            scene.advance(by: .seconds(3))
            #expect(scene.scheduler.results[scene.jobID]?.status == .success)
            #expect(scene.delivery == .delivered)
            #expect(scene.outcome?.failure == nil)
            #expect(scene.report?.cause == .exit)
        }
    }

    // TestWorkerMonitorRunNoProcess.test_failure
    @Test func `a job whose worker fails is finished, and the run succeeds`() {
        playJob([.exit(1)]) { scene in
            scene.start()
            #expect(scene.scheduler.results[scene.jobID]?.status == .failure)
            #expect(scene.outcome?.failure == "The process exited with code 1.")
        }
    }

    // TestWorkerMonitorRunNoProcess.test_quiet_exit
    @Test func `a run ends quietly if the job no longer exists before the start of the worker`() {
        playJob { scene in
            scene.scheduler.delete(scene.jobID)
            scene.start()
            #expect(scene.delivery == .jobGone)
            #expect(scene.report?.cause == .jobGone)
            #expect(scene.scheduler.calls.count == 1)
            #expect(scene.reactor.processes.isEmpty)
        }
    }

    // TestWorkerMonitorRunNoProcess.test_quiet_exit_from_finishJob
    @Test func `a run ends quietly if the job no longer exists at the finish`() {
        playJob { scene in
            scene.scheduler.onCall = { [unowned scene] call in
                if call == .finish { scene.scheduler.delete(scene.jobID) }
            }
            scene.start()
            #expect(scene.delivery == .jobGone)
            #expect(scene.report?.status == .success)
            #expect(scene.scheduler.calls(.finish).count == 1)
        }
    }

    @Test func `a worker is stopped if its job no longer exists, and the run ends quietly`() {
        playJob([.write("working\n"), .pause]) { scene in
            scene.start()
            scene.advance(by: .seconds(40))
            scene.scheduler.delete(scene.jobID)
            scene.advance(by: .seconds(20))
            #expect(scene.delivery == .jobGone)
            #expect(scene.endedAt == .seconds(60))
            #expect(scene.report?.cause == .jobGone)
            #expect(scene.sent == ["SIGINT to group at 60.0"])
            #expect(scene.scheduler.calls(.finish).isEmpty)
            #expect(scene.scheduler.calls(.heartbeat).count == 3)
        }
    }

    // test_callFinishJob_logs_failure of TestWorkerMonitorRunNoProcess and
    // test_callFinishJobLogsTracebackOnFailure of TestWorkerMonitorUnit
    @Test func `the log states the error`() {
        playJob([.write("half a li"), .exit(1)]) { scene in
            scene.start()
            #expect(
                scene.logText == """
                    half a li
                    Import failed: FAILURE, cause: exit
                    Failure: ProcessTerminated: The process exited with code 1.

                    """
            )
        }
    }

    @Test func `the log states how the worker ended, if that is not the error`() {
        playJob([.ignore(.interrupt), .pause]) { scene in
            scene.start()
            scene.advance(by: .seconds(4_000))
            #expect(
                scene.logText == """
                    Import failed: FAILURE, cause: inactivity_timeout
                    Failure: TimeoutError: Timed out after 3600.0 seconds: the process showed no activity.
                    The worker died from SIGKILL.

                    """
            )
        }
    }

    @Test(arguments: [0, 2, 3])
    func `the log of a successful job contains only output`(code: Int32) {
        playJob([.write("output\n"), .exit(code)]) { scene in
            scene.start()
            #expect(scene.report?.status.isSuccess == true)
            #expect(scene.logText == "output\n")
            #expect(scene.outcome?.failure == nil)
        }
    }

    // Launchpad's logs did not show that such a job had failed.
    @Test func `the log states the status of a failure`() {
        playJob([.exit(7)]) { scene in
            scene.start()
            #expect(scene.logText.hasPrefix("Import failed: FAILURE_REMOTE_BROKEN, cause: exit\n"))
        }
    }

    // TestWorkerMonitorUnit.test_finishJob_uploads_nonempty_file_to_librarian. The log is not
    // uploaded here; the report contains its path.
    @Test func `the report contains the length of the output and of the log`() {
        playJob([.write("four\n"), .write("more\n"), .exit(0)]) { scene in
            scene.start()
            #expect(scene.report?.logBytes == 10)
            #expect(scene.report?.outputBytes == 10)
            #expect(scene.report?.tail == "four\nmore\n")
        }
    }

    // TestWorkerMonitorUnit.test_finishJob_still_calls_finishJobID_if_upload_fails
    @Test func `a job whose log cannot be assembled is finished, and the error is logged once`() {
        let log = UnclosableLog()
        playJob([.write("output\n"), .exit(0)], configure: { $0.log = log }) { scene in
            scene.start()
            #expect(scene.scheduler.results[scene.jobID]?.status == .success)
            #expect(scene.scheduler.results[scene.jobID]?.logPath == "/logs/job.log")
            #expect(log.closings == 1)
            #expect(scene.messages.errors.count == 1)
        }
    }

    @Test func `the log is closed at the end`() {
        let log = MemoryJobLog()
        playJob(configure: { $0.log = log }) { scene in
            scene.start()
            #expect(log.isClosed)
        }
    }

    @Test func `the worker is started as the configuration and the job require`() throws {
        let configure: (inout JobSetup) -> Void = {
            $0.configuration.workerCommand = ["/usr/bin/importer", "--quiet"]
            $0.configuration.workingDirectory = "/work"
            $0.data = CodeImportJobData(arguments: ["--", "url"])
        }
        try playJob(configure: configure) { scene in
            scene.start()
            let request = try #require(scene.reactor.processes.first?.request)
            #expect(request.executable == "/usr/bin/importer")
            #expect(request.arguments == ["--quiet", "--", "url"])
            #expect(request.workingDirectory == "/work")
            #expect(request.grouping == .session)
            #expect(request.diesWithParent)
            #expect(request.streams == .outputTerminal())
        }
    }

    @Test(arguments: [
        (WorkerStreams.pipes, ChildStreams.descriptors([0: .null, 1: .read, 2: .sameAs(1)])),
        (.terminal, .terminal()),
    ])
    func `the worker has the streams that are configured`(
        configured: WorkerStreams,
        streams: ChildStreams
    ) throws {
        try playJob(configure: { $0.configuration.streams = configured }) { scene in
            scene.start()
            let request = try #require(scene.reactor.processes.first?.request)
            #expect(request.streams == streams)
        }
    }

    // Launchpad's excerpt was up to an interval old, and empty for short jobs.
    @Test func `a last heartbeat with the end of the log precedes the finish`() {
        playJob([.wait(.seconds(10)), .write("the end\n"), .exit(0)]) { scene in
            scene.start()
            scene.advance(by: .seconds(10))
            let id = scene.jobID
            #expect(
                scene.scheduler.calls == [
                    "data \(id) '' at 0.0 seconds",
                    "heartbeat \(id) '' at 0.0 seconds",
                    "heartbeat \(id) 'the end\n' at 10.0 seconds",
                    "finish \(id) 'SUCCESS' at 10.0 seconds",
                ]
            )
            // The last heartbeat does not count.
            #expect(scene.report?.heartbeats == 1)
        }
    }

    @Test func `a job is finished even if the last heartbeat fails`() {
        playJob { scene in
            scene.scheduler.troubles[.heartbeat] = [.late(.zero), .failure(TestFailure("away"))]
            scene.start()
            scene.advance(by: .seconds(1))
            #expect(scene.delivery == .delivered)
        }
    }

    @Test func `the progress shows the stage, the time and the output`() {
        playJob([.write("one\ntwo\n"), .wait(.seconds(10)), .write("thr"), .exit(0)]) { scene in
            scene.scheduler.troubles[.data] = [.late(.seconds(1))]
            scene.scheduler.troubles[.finish] = [.late(.seconds(1))]
            scene.start()
            #expect(scene.monitor.progress == self.progress(.preparing, .zero, 0, ""))
            scene.advance(by: .seconds(5))
            #expect(scene.monitor.progress == self.progress(.running, .seconds(4), 8, "two"))
            scene.advance(by: .seconds(6))
            #expect(scene.monitor.progress == self.progress(.finishing, .seconds(10), 11, "thr"))
            scene.advance(by: .seconds(1))
            #expect(scene.monitor.progress == self.progress(.finishing, .seconds(10), 11, "thr"))
        }
    }

    @Test func `the progress shows that the worker is being stopped`() {
        playJob([.ignore(.interrupt), .pause]) { scene in
            scene.start()
            scene.advance(by: .seconds(3_601))
            #expect(scene.monitor.progress.stage == .stopping)
            scene.advance(by: .seconds(5))
        }
    }

    private func progress(
        _ stage: MonitorProgress.Stage,
        _ elapsed: Duration,
        _ bytes: Int64,
        _ line: String
    ) -> MonitorProgress {
        MonitorProgress(stage: stage, elapsed: elapsed, outputBytes: bytes, lastLine: line)
    }
}
