// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Job verdict` {
    private static let noProgram = SpawnError(
        code: .cannotExecute,
        errno: 2,
        step: "execute",
        subject: "worker"
    )

    /// Errors and the causes that they must lead to.
    private static var failures: [(failure: any Error, cause: JobCause)] {
        [
            (TimeoutError(after: .seconds(1), "silent"), .inactivityTimeout),
            (DeadlineExceeded(deadline: .seconds(1)), .deadline),
            (HeartbeatsNotAccepted(age: .seconds(1), lastError: nil), .heartbeatFailed),
            (NoSuchCodeImportJob(jobID: 1), .jobGone),
            (Self.noProgram, .spawnFailed),
            (JobLogError(.write, path: "job.log"), .logFailed),
            (MonitorInterrupted(signal: .terminate), .interrupted),
            (TestFailure("another notification"), .heartbeatFailed),
            (CancelledError(), .heartbeatFailed),
            (ProcessTerminated(exit: .signaled(.kill, coreDumped: false)), .signal),
            (ProcessTerminated(exit: .unknown), .signal),
        ]
    }

    /// The causes that are this machine's fault if the job is an import.
    private static let machineCauses: [JobCause] = [.spawnFailed, .logFailed]

    @Test func `an error decides the cause, and the status of a plain command is a failure`() {
        for (failure, cause) in Self.failures {
            let verdict = JobVerdict(failure, table: .plain)
            #expect(verdict.cause == cause, "\(failure)")
            #expect(verdict.status == .failure, "\(failure)")
            #expect(verdict.fault == nil, "\(failure)")
        }
    }

    @Test func `an import is not to blame if this machine cannot start, log or keep the worker`() {
        for (failure, cause) in Self.failures {
            let verdict = JobVerdict(failure, table: .import)
            let isMachine =
                Self.machineCauses.contains(cause) || failure is HeartbeatsNotAccepted
            #expect(verdict.cause == cause, "\(failure)")
            #expect(verdict.status == (isMachine ? .internalFailure : .failure), "\(failure)")
            #expect(verdict.fault == (isMachine ? .machine : nil), "\(failure)")
        }
    }

    @Test(arguments: ExitCodeTable.allCases)
    func `the exit code of a worker decides the status by the table`(table: ExitCodeTable) {
        for code: Int32 in 1...255 {
            let verdict = JobVerdict(ProcessTerminated(exit: .exited(code: code)), table: table)
            #expect(verdict.cause == .exit)
            #expect(verdict.status == table.status(exitCode: code))
            #expect(verdict.fault == table.fault(exitCode: code))
        }
        let clean = JobVerdict(nil, table: table)
        #expect(clean.cause == .exit)
        #expect(clean.status == .success)
    }

    @Test(arguments: JobCause.allCases)
    func `an error before the start of the worker decides the cause, whatever its type`(
        cause: JobCause
    ) {
        let failure = PreparationFailed(
            cause: cause,
            reason: TimeoutError(after: .seconds(1), "a scheduler")
        )
        let verdict = JobVerdict(failure, table: .import)
        #expect(verdict.cause == cause)
        let isMachine = cause == .logFailed || cause == .heartbeatFailed
        #expect(verdict.status == (isMachine ? .internalFailure : .failure))
    }

    @Test func `each cause has a fixed name`() {
        #expect(
            JobCause.allCases.map(\.rawValue) == [
                "exit", "signal", "out_of_memory", "inactivity_timeout", "deadline",
                "heartbeat_failed", "job_gone", "spawn_failed", "log_failed", "interrupted",
            ]
        )
    }
}
