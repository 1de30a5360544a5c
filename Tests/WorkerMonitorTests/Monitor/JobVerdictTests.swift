// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `The verdict on a job` {
    private static let noProgram = SpawnError(
        code: .cannotExecute,
        errno: 2,
        step: "execute",
        subject: "worker"
    )

    /// What can go wrong, and why the job ended then.
    private static var failures: [(failure: any Error, cause: JobCause)] {
        [
            (TimeoutError(after: .seconds(1), "silent"), .inactivityTimeout),
            (DeadlineExceeded(deadline: .seconds(1)), .deadline),
            (HeartbeatsNotAccepted(age: .seconds(1), lastError: nil), .heartbeatFailed),
            (NoSuchCodeImportJob(jobID: 1), .jobGone),
            (Self.noProgram, .spawnFailed),
            (JobLogError(.write, path: "job.log"), .logFailed),
            (MonitorInterrupted(signal: .terminate), .interrupted),
            (TestFailure("a notification of somebody else's"), .heartbeatFailed),
            (CancelledError(), .heartbeatFailed),
            (ProcessTerminated(exit: .signaled(.kill, coreDumped: false)), .signal),
            (ProcessTerminated(exit: .unknown), .signal),
        ]
    }

    @Test(arguments: ExitCodeTable.allCases)
    func `of anything that went wrong is a failure with its cause`(table: ExitCodeTable) {
        for (failure, cause) in Self.failures {
            let verdict = JobVerdict(failure, table: table)
            #expect(verdict.cause == cause, "\(failure)")
            #expect(verdict.status == .failure, "\(failure)")
        }
    }

    @Test(arguments: ExitCodeTable.allCases)
    func `of a worker that exits is what the table says`(table: ExitCodeTable) {
        for code: Int32 in 1...255 {
            let verdict = JobVerdict(ProcessTerminated(exit: .exited(code: code)), table: table)
            #expect(verdict.cause == .exit)
            #expect(verdict.status == table.status(exitCode: code))
        }
        let clean = JobVerdict(nil, table: table)
        #expect(clean.cause == .exit)
        #expect(clean.status == .success)
    }

    @Test(arguments: JobCause.allCases)
    func `of what went wrong before the worker ran does not depend on the error's type`(
        cause: JobCause
    ) {
        let failure = PreparationFailed(
            cause: cause,
            reason: TimeoutError(after: .seconds(1), "a scheduler")
        )
        let verdict = JobVerdict(failure, table: .import)
        #expect(verdict.cause == cause)
        #expect(verdict.status == .failure)
    }

    @Test func `has a name for each cause`() {
        #expect(
            JobCause.allCases.map(\.rawValue) == [
                "exit", "signal", "inactivity_timeout", "deadline", "heartbeat_failed", "job_gone",
                "spawn_failed", "log_failed", "interrupted",
            ]
        )
    }
}
