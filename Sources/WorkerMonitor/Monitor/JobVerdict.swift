// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Protocols
internal import Reactor

/// An error that occurred before the worker was started, with the cause for the report.
///
/// The error of a scheduler or of a log may have any type, also one that means something else when
/// it comes from a worker. A `TimeoutError` of the scheduler, for example, is not an inactivity
/// timeout of the worker. So the cause is determined at the place where the error occurs.
struct PreparationFailed: Error, CustomStringConvertible {
    /// The cause for the report.
    var cause: JobCause
    /// The error itself.
    var reason: any Error

    var description: String { "\(self.reason)" }
}

/// The cause and the status of a job and the one at fault, as determined by the first error.
struct JobVerdict: Hashable {
    var cause: JobCause
    var status: CodeImportResultStatus
    var fault: JobFault?

    /// Determines the verdict.
    ///
    /// - Parameters:
    ///   - failure: The first error, or `nil` if the worker exited with code 0.
    ///   - table: The rule that maps the exit code of the worker to a status.
    init(_ failure: (any Error)?, table: ExitCodeTable) {
        switch failure {
        case nil:
            self.init(exitCode: 0, .exit, table)
        case let ended as ProcessTerminated:
            let code = ended.exit.code
            self.init(exitCode: code, code == nil ? .signal : .exit, table)
        case is TimeoutError: self.init(.inactivityTimeout, .failure)
        case is DeadlineExceeded: self.init(.deadline, .failure)
        case is HeartbeatsNotAccepted: self.init(ofThisMachine: .heartbeatFailed, table)
        case is NoSuchCodeImportJob: self.init(.jobGone, .failure)
        case is SpawnError: self.init(ofThisMachine: .spawnFailed, table)
        case is JobLogError: self.init(ofThisMachine: .logFailed, table)
        case let early as PreparationFailed
        where early.cause == .logFailed || early.cause == .heartbeatFailed:
            self.init(ofThisMachine: early.cause, table)
        case let early as PreparationFailed: self.init(early.cause, .failure)
        case is MonitorInterrupted: self.init(.interrupted, .failure)
        // The only other source of errors is the notification of a heartbeat.
        default: self.init(.heartbeatFailed, .failure)
        }
    }

    private init(_ cause: JobCause, _ status: CodeImportResultStatus, _ fault: JobFault? = nil) {
        self.cause = cause
        self.status = status
        self.fault = fault
    }

    private init(exitCode: Int32?, _ cause: JobCause, _ table: ExitCodeTable) {
        self.init(cause, table.status(exitCode: exitCode), table.fault(exitCode: exitCode))
    }

    /// The verdict about a worker, a log or a scheduler that this machine could not provide.
    ///
    /// The source of an import is not to blame, so the failure does not count against the import. A
    /// plain command has failed: the command itself may be the reason that it could not be started.
    private init(ofThisMachine cause: JobCause, _ table: ExitCodeTable) {
        switch table {
        case .plain: self.init(cause, .failure)
        case .import: self.init(cause, .internalFailure, .machine)
        }
    }
}
