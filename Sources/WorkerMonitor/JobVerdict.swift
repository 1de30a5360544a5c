// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Protocols
internal import Reactor

/// What a worker's end means for its job: pure, a table from what happened to cause and status.
struct JobVerdict: Hashable {
    var cause: JobCause
    var status: CodeImportResultStatus

    /// - Parameters:
    ///   - failure: the first thing that went wrong; nil: the worker ended with code 0.
    ///   - table: what the worker's exit code means.
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
        // Nothing else but a heartbeat's notification can have failed.
        default: self.init(.heartbeatFailed, .failure)
        }
    }

    private init(_ cause: JobCause, _ status: CodeImportResultStatus) {
        self.cause = cause
        self.status = status
    }
}
