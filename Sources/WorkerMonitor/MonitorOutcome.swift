// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// How a monitor's work on a job ended: the job's report, and whether the scheduler knows.
public struct MonitorOutcome: Sendable, Hashable {
    /// What became of the report.
    public enum Delivery: Sendable, Hashable {
        /// The scheduler has it.
        case delivered
        /// The job was given back.
        case handedBack
        /// The scheduler did not know the job any more; there was nobody to tell.
        case jobGone
        /// The scheduler did not take it, for this reason; it is kept in this file and delivered
        /// later.
        case spooled(path: String, reason: String)
        /// The scheduler did not take it, and the report could not be kept either.
        case lost(reason: String)
    }

    /// How the job ended.
    public var report: JobReport
    /// What went wrong, as a sentence; nil if nothing did.
    public var failure: String?
    /// What became of the report.
    public var delivery: Delivery

    /// Makes an outcome.
    public init(report: JobReport, failure: String?, delivery: Delivery) {
        self.report = report
        self.failure = failure
        self.delivery = delivery
    }
}
