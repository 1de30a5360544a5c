// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What a store knows of one attempt.
public enum JobLookUp: Sendable, Hashable {
    /// It waits or runs.
    case job(JobSummary)
    /// It has ended.
    case result(ResultSummary)
    /// It went without an end: handed back (the event has the log so far, and the job that goes on
    /// in its place), or cancelled while it waited.
    case gone(JobEvent)
}
