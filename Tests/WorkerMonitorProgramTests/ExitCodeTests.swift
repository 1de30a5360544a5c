// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import ProgramSupport
import Testing
import WorkerMonitor

@testable import WorkerMonitorProgram

@Suite struct `The exit code of worker-monitor` {
    private func code(
        _ status: CodeImportResultStatus,
        _ cause: JobCause = .exit,
        _ delivery: MonitorOutcome.Delivery = .delivered
    ) -> ProgramExitCode {
        let report = JobReport(jobID: 1, status: status, cause: cause)
        return ProgramExitCode(MonitorOutcome(report: report, failure: nil, delivery: delivery))
    }

    @Test(arguments: CodeImportResultStatus.allCases)
    func `is 0 for a delivered success and 1 for a delivered failure`(
        status: CodeImportResultStatus
    ) {
        #expect(self.code(status) == (status.isSuccess ? .success : .failure))
    }

    @Test func `is 75 when the job was handed back after an interruption`() {
        #expect(self.code(.failure, .interrupted, .handedBack) == .interrupted)
        #expect(self.code(.failure, .interrupted, .jobGone) == .interrupted)
    }

    @Test func `is 69 when the store did not accept the result, also after an interruption`() {
        let spooled = MonitorOutcome.Delivery.spooled(path: "/x", reason: "The disk is full.")
        #expect(self.code(.success, .exit, spooled) == .unavailable)
        #expect(self.code(.failure, .interrupted, .lost(reason: "No.")) == .unavailable)
    }

    @Test func `is that of the result when the job is gone without an interruption`() {
        #expect(self.code(.failure, .jobGone, .jobGone) == .failure)
    }
}

#endif
