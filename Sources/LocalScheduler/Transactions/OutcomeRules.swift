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
        /// once if that time has passed, but not before the end of the wait, which begins now.
        case afterStart(microseconds: Int64, wait: Duration = .zero)
    }

    /// The longest interval that temporary failures lead to, unless the import has a longer one:
    /// one day.
    private static let longestTemporaryInterval: Int64 = 86_400_000_000
    /// The wait after the first of several faults of the machine, unless the report names one.
    private static let waitAfterMachineFault = 300
    private static let longestWaitAfterMachineFault = 3_600

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
    ///
    /// A temporary failure is the fault of the host, so it leaves the count of failures alone.
    /// Each further one doubles the interval up to a day, and the wait that the host asked for
    /// is obeyed.
    ///
    /// - Parameters:
    ///   - status: The result.
    ///   - import: The import before the result.
    ///   - failureLimit: The number of failures in a row that makes an import failing.
    ///   - temporaryFailures: The number of temporary failures in a row, including this result.
    ///   - retryAfter: The wait in seconds that the report names, or `nil`.
    static func afterResult(
        _ status: CodeImportResultStatus,
        of import: ImportRecord,
        failureLimit: Int,
        temporaryFailures: Int = 0,
        retryAfter: Int? = nil
    ) -> OutcomeRules {
        var rules = Self.counting(status, of: `import`, failureLimit: failureLimit)
        guard rules.reviewStatus == .reviewed, let interval = `import`.interval else {
            return rules
        }
        switch status {
        case .successPartial:
            rules.successor = .afterStart(microseconds: 0)
        case .failureTemporary:
            let longest = max(interval, Self.longestTemporaryInterval)
            let own = min(Self.backedOff(interval, failures: temporaryFailures), longest)
            let other = Self.backedOff(interval, failures: rules.consecutiveFailures)
            rules.successor = .afterStart(
                microseconds: max(own, other),
                wait: .seconds(max(0, retryAfter ?? 0))
            )
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

    /// Returns how long to wait before the next attempt at a job that was handed back because of a
    /// fault of the machine.
    ///
    /// The wait doubles with each further one, up to an hour. Without it, a full disk would make
    /// the machine start the same job again and again.
    ///
    /// - Parameters:
    ///   - handBacks: The number of such hand-backs in a row, including this one.
    ///   - retryAfter: The wait in seconds that the report names, or `nil`.
    static func waitAfterMachineFault(handBacks: Int, retryAfter: Int?) -> Duration {
        let first = max(1, retryAfter ?? Self.waitAfterMachineFault)
        let doubled = first << min(max(handBacks - 1, 0), 12)
        return .seconds(max(first, min(doubled, Self.longestWaitAfterMachineFault)))
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
        } else if ![.killed, .failureTemporary, .internalFailure].contains(status) {
            // A cancelled job says nothing about the import, and neither does a failure of the host
            // or of the machine. So these do not count.
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
