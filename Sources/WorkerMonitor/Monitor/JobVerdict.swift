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

/// The cause and the status of a job, as determined by the first error.
struct JobVerdict: Hashable {
    var cause: JobCause
    var status: CodeImportResultStatus

    /// Determines the verdict.
    ///
    /// - Parameters:
    ///   - failure: The first error, or `nil` if the worker exited with code 0.
    ///   - table: The rule that maps the exit code of the worker to a status.
    init(_ failure: (any Error)?, table: ExitCodeTable) {
        switch failure {
        case nil:
            self.init(.exit, table.status(exitCode: 0))
        case let ended as ProcessTerminated:
            self.init(
                ended.exit.code == nil ? .signal : .exit,
                table.status(exitCode: ended.exit.code)
            )
        case is TimeoutError: self.init(.inactivityTimeout, .failure)
        case is DeadlineExceeded: self.init(.deadline, .failure)
        case is HeartbeatsNotAccepted: self.init(.heartbeatFailed, .failure)
        case is NoSuchCodeImportJob: self.init(.jobGone, .failure)
        case is SpawnError: self.init(.spawnFailed, .failure)
        case is JobLogError: self.init(.logFailed, .failure)
        case let early as PreparationFailed: self.init(early.cause, .failure)
        case is MonitorInterrupted: self.init(.interrupted, .failure)
        // The only other source of errors is the notification of a heartbeat.
        default: self.init(.heartbeatFailed, .failure)
        }
    }

    private init(_ cause: JobCause, _ status: CodeImportResultStatus) {
        self.cause = cause
        self.status = status
    }
}
