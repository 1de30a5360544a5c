// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import ProgramSupport
import Testing
import WorkerMonitor

@testable import WorkerMonitorProgram

@Suite struct `Exit code of worker-monitor` {
    private func code(
        _ status: CodeImportResultStatus,
        _ cause: JobCause = .exit,
        _ delivery: MonitorOutcome.Delivery = .delivered
    ) -> ProgramExitCode {
        let report = JobReport(jobID: 1, status: status, cause: cause)
        return ProgramExitCode(MonitorOutcome(report: report, failure: nil, delivery: delivery))
    }

    @Test(arguments: CodeImportResultStatus.allCases)
    func `the exit code is 0 for a delivered success and 1 for a delivered failure`(
        status: CodeImportResultStatus
    ) {
        #expect(self.code(status) == (status.isSuccess ? .success : .failure))
    }

    @Test func `the exit code is 75 if an interrupted job was handed back or is gone`() {
        #expect(self.code(.failure, .interrupted, .handedBack) == .temporaryFailure)
        #expect(self.code(.failure, .interrupted, .jobGone) == .temporaryFailure)
    }

    @Test func `the exit code is 75 if a job was handed back because of this machine`() {
        #expect(self.code(.internalFailure, .exit, .handedBack) == .temporaryFailure)
    }

    @Test func `the exit code is 69 if the store did not accept the result`() {
        let spooled = MonitorOutcome.Delivery.spooled(path: "/x", reason: "The disk is full.")
        #expect(self.code(.success, .exit, spooled) == .unavailable)
        #expect(self.code(.failure, .interrupted, .lost(reason: "No.")) == .unavailable)
    }

    @Test func `the exit code is that of the result if a job is gone without interruption`() {
        #expect(self.code(.failure, .jobGone, .jobGone) == .failure)
    }
}

#endif
