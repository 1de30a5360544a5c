// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import WorkerMonitor

/// The consequences for an import when one of its jobs ends.
///
/// This type only decides. ``StoreTransaction`` applies the decision.
struct OutcomeRules: Equatable {
    /// When the next job of the import is due.
    enum Successor: Equatable {
        /// The import gets no further job.
        case none
        /// The next job is due at once.
        case now
        /// The next job is due this many microseconds after the start of the job that ended, or at
        /// once if that time has passed.
        case afterStart(microseconds: Int64)
    }

    /// The number of failures in a row, including this job.
    var consecutiveFailures: Int
    /// Whether the import may have further jobs.
    var reviewStatus: ReviewStatus
    var successor: Successor

    /// Returns the consequences of a result that a monitor reported.
    ///
    /// A success, complete or partial, resets the count of failures. Each further failure doubles
    /// the interval, until the import has reached the limit and becomes failing. After a partial
    /// success the next job, which imports the rest, is due at once.
    static func afterResult(
        _ status: CodeImportResultStatus,
        of import: ImportRecord,
        failureLimit: Int
    ) -> OutcomeRules {
        var rules = Self.counting(status, of: `import`, failureLimit: failureLimit)
        guard rules.reviewStatus == .reviewed, let interval = `import`.interval else {
            return rules
        }
        switch status {
        case .successPartial:
            rules.successor = .afterStart(microseconds: 0)
        default:
            let wait = Self.backedOff(interval, failures: rules.consecutiveFailures)
            rules.successor = .afterStart(microseconds: wait)
        }
        return rules
    }

    /// Returns the consequences of reclaiming a job whose lease has expired.
    ///
    /// A lease usually expires because the monitor died, not because the import failed. So the
    /// import gets another job at once, even if it has no interval. The reclaim still counts as a
    /// failure, because the job itself may be the cause of each monitor's death.
    static func afterReclaim(of import: ImportRecord, failureLimit: Int) -> OutcomeRules {
        var rules = Self.counting(.reclaimed, of: `import`, failureLimit: failureLimit)
        if rules.reviewStatus == .reviewed { rules.successor = .now }
        return rules
    }

    /// Returns rules with the new count of failures and the new review status, and with no
    /// further job.
    private static func counting(
        _ status: CodeImportResultStatus,
        of import: ImportRecord,
        failureLimit: Int
    ) -> OutcomeRules {
        var failures = `import`.consecutiveFailures
        if status.isSuccess {
            failures = 0
        } else if status != .killed {
            // A cancelled job says nothing about the import, so it does not count.
            failures += 1
        }
        let isFailing = `import`.reviewStatus == .reviewed && failures >= failureLimit
        return OutcomeRules(
            consecutiveFailures: failures,
            reviewStatus: isFailing ? .failing : `import`.reviewStatus,
            successor: .none
        )
    }

    /// Returns 1, 2, 4, 8… times the interval after the first, second, third, fourth… failure.
    private static func backedOff(_ interval: Int64, failures: Int) -> Int64 {
        guard failures > 1 else { return interval }
        // 2^62 microseconds are 146,000 years.
        let factor = Int64(1) << min(failures - 1, 62)
        let (product, overflow) = interval.multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}

#endif
