// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The outcome of a monitor's work: the report of the job, and whether the scheduler received it.
public struct MonitorOutcome: Sendable, Hashable {
    /// The way in which the job ended for the scheduler.
    public enum Delivery: Sendable, Hashable {
        /// The scheduler recorded the report.
        case delivered
        /// The scheduler took the job back, and another monitor may claim it.
        case handedBack
        /// The scheduler no longer knew the job, so no report was delivered.
        case jobGone
        /// The scheduler did not accept the report, which is saved in the file at `path`, to be
        /// delivered later.
        case spooled(path: String, reason: String)
        /// The scheduler did not accept the report, and the report was not saved.
        ///
        /// The monitor has no spool, the spool could not be written, or the job was interrupted.
        /// The scheduler reclaims an interrupted job, so its report would be of no use.
        case lost(reason: String)
    }

    /// The report of the job.
    public var report: JobReport
    /// A sentence that describes the error, or `nil` if the job was successful.
    public var failure: String?
    /// The way in which the job ended for the scheduler.
    public var delivery: Delivery
    /// The last 20 lines of the output, at most as long as the tail of the report, and as safe.
    public var lastLines = ""
    /// How many bytes of the log are output of the worker: the log ends with a message of the
    /// monitor if the job failed.
    public var logOutputBytes: Int64 = 0
    /// The exit code that a shell would report for the worker, or `nil` if the worker did not end
    /// by itself.
    ///
    /// It is the worker's own code, 128 plus the number of the signal that the worker died from,
    /// 127 if the program does not exist, or 126 if it could not be started for another reason.
    public var shellExitCode: Int32?

    /// The sentence about a worker that was killed because memory ran out.
    package static let outOfMemory =
        "The kernel killed a process in the job's control group, because memory ran out."

    /// Creates an outcome, for example in a test.
    public init(report: JobReport, failure: String?, delivery: Delivery) {
        self.report = report
        self.failure = failure
        self.delivery = delivery
    }
}
