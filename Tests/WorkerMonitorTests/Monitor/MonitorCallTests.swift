// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// The counterparts of Launchpad's TestWorkerMonitorUnit: single calls of a monitor without
/// a worker.
@Suite struct `Calls of a monitor` {
    /// A monitor that is not run, with a scheduler that records its calls.
    private final class Calls {
        let reactor = MemoryReactor()
        let scheduler: FakeScheduler
        let log: any JobLogSink
        let messages = RecordedLog()
        let monitor: CodeImportWorkerMonitor

        init(
            _ data: CodeImportJobData = CodeImportJobData(arguments: ["an", "argument"]),
            log: any JobLogSink = MemoryJobLog()
        ) {
            self.scheduler = FakeScheduler(self.reactor)
            self.log = log
            self.monitor = CodeImportWorkerMonitor(
                jobID: self.scheduler.claim(data),
                scheduler: self.scheduler,
                reactor: self.reactor,
                configuration: WorkerMonitorConfiguration(),
                logger: self.messages.logger,
                makeLog: { _ in log }
            )
        }

        /// Returns the result of the deferred that `make` returns, after ten minutes.
        func result<Value>(_ make: () -> Deferred<Value>) -> Result<Value, any Error>? {
            var result: Result<Value, any Error>?
            make().whenFired { result = $0 }
            self.reactor.advance(by: .seconds(600))
            return result
        }
    }

    // TestWorkerMonitorUnit.test_getWorkerArguments and .test_getWorkerArguments_dict. There is a
    // single test, because here the scheduler decodes the response.
    @Test func `the arguments are those of the job`() throws {
        let calls = Calls()
        #expect(
            try calls.result { calls.monitor.getWorkerArguments() }?.get() == ["an", "argument"]
        )
    }

    // TestWorkerMonitorUnit.test_getWorkerArguments_sets_target_url_and_logfilename
    // and .test_getWorkerArguments_sets_target_url_and_logfilename_dict
    @Test func `the target URL and the name of the log are kept`() throws {
        let data = CodeImportJobData(
            arguments: [],
            targetURL: "https://example.com/repository",
            logFileName: "owner-repository.log"
        )
        let calls = Calls(data)
        _ = calls.result { calls.monitor.getWorkerArguments() }
        #expect(calls.monitor.data == data)
    }

    // TestWorkerMonitorUnit.test_getWorkerArguments_job_not_found_raises_exit_quietly
    @Test func `the call for the arguments of a job that no longer exists is not repeated`() {
        let calls = Calls()
        calls.scheduler.delete(calls.monitor.jobID)
        #expect(throws: NoSuchCodeImportJob(jobID: calls.monitor.jobID)) {
            try calls.result { calls.monitor.getWorkerArguments() }?.get()
        }
        #expect(calls.scheduler.calls.count == 1)
    }

    // TestWorkerMonitorUnit.test_getWorkerArguments_endpoint_failure_raises
    // and .test_getWorkerArguments_arbitrary_fault_raises
    @Test
    func `a failing call for the arguments is repeated and fails with the last error`() {
        let calls = Calls()
        calls.scheduler.lastingTroubles[.data] = .failure(TestFailure("fault 1"))
        let failed = #expect(throws: PreparationFailed.self) {
            try calls.result { calls.monitor.getWorkerArguments() }?.get()
        }
        #expect(failed?.reason as? TestFailure == TestFailure("fault 1"))
        #expect(failed?.description == "fault 1")
        #expect(calls.scheduler.calls.count > 1)
    }

    // TestWorkerMonitorUnit.test_updateHeartbeat
    @Test func `a heartbeat contains the job and the tail`() throws {
        let calls = Calls()
        try calls.result { calls.monitor.updateHeartbeat("the log tail") }?.get()
        let jobID = calls.monitor.jobID
        #expect(calls.scheduler.calls == ["heartbeat \(jobID) 'the log tail' at 0.0 seconds"])
    }

    // TestWorkerMonitorUnit.test_finishJob_calls_finishJobID_empty_log_file
    @Test func `a report without a worker names the job and its status, and no log`() throws {
        let calls = Calls()
        let outcome = try calls.result { calls.monitor.callFinishJob(nil) }?.get()
        let report = try #require(calls.scheduler.results[calls.monitor.jobID])
        #expect(report.status == .success)
        #expect(report.logPath == nil)
        #expect(report.logBytes == 0)
        #expect(outcome?.report == report)
        #expect(outcome?.delivery == .delivered)
        #expect(outcome?.failure == nil)
    }

    // TestWorkerMonitorUnit.test_callFinishJobCallsFinishJobSuccess
    // TestWorkerMonitorUnit.test_callFinishJobCallsFinishJobFailure
    // TestWorkerMonitorUnit.test_callFinishJobCallsFinishJobSuccessNoChange
    // TestWorkerMonitorUnit.test_callFinishJobCallsFinishJobPartial
    // TestWorkerMonitorUnit.test_callFinishJobCallsFinishJobInvalid
    // TestWorkerMonitorUnit.test_callFinishJobCallsFinishJobUnsupportedFeature
    // TestWorkerMonitorUnit.test_callFinishJobCallsFinishJobRemoteBroken
    // Launchpad has no test for FORBIDDEN.
    @Test(arguments: [
        (ProcessExit.exited(code: 0), CodeImportResultStatus.success),
        (.exited(code: 1), .failure),
        (.exited(code: 2), .successNoChange),
        (.exited(code: 3), .successPartial),
        (.exited(code: 4), .failureInvalid),
        (.exited(code: 5), .failureUnsupportedFeature),
        (.exited(code: 6), .failureForbidden),
        (.exited(code: 7), .failureRemoteBroken),
        (.exited(code: 8), .failure),
        (.signaled(.kill, coreDumped: false), .failure),
    ])
    func `the status in the report follows from the exit of the worker`(
        exit: ProcessExit,
        status: CodeImportResultStatus
    ) throws {
        let calls = Calls()
        let outcome = try calls.result {
            calls.monitor.callFinishJob(exit.isSuccess ? nil : ProcessTerminated(exit: exit))
        }?.get()
        #expect(calls.scheduler.results[calls.monitor.jobID]?.status == status)
        #expect(outcome?.report.status == status)
    }

    // TestWorkerMonitorUnit.test_callFinishJobCallsFinishJobArbitraryFailure
    @Test func `any other error is reported as a failure`() throws {
        let calls = Calls()
        let outcome = try calls.result { calls.monitor.callFinishJob(TestFailure("arbitrary")) }?
            .get()
        #expect(calls.scheduler.results[calls.monitor.jobID]?.status == .failure)
        #expect(outcome?.failure == "arbitrary")
    }

    // TestWorkerMonitorUnit.test_callFinishJobRespects_call_finish_job
    @Test func `a job that no longer exists is not finished`() throws {
        let calls = Calls()
        let gone = NoSuchCodeImportJob(jobID: calls.monitor.jobID)
        let outcome = try calls.result { calls.monitor.callFinishJob(gone) }?.get()
        #expect(calls.scheduler.calls.isEmpty)
        #expect(outcome?.delivery == .jobGone)
        #expect(outcome?.report.cause == .jobGone)
    }
}
