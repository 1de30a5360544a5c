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

    /// Creates an outcome, for example in a test.
    public init(report: JobReport, failure: String?, delivery: Delivery) {
        self.report = report
        self.failure = failure
        self.delivery = delivery
    }
}
