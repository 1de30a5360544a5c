// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import WorkerMonitor

/// What follows for an import when one of its jobs ends: decided here, done by the store.
struct Aftermath: Equatable {
    /// When the next job of the import is due.
    enum Successor: Equatable {
        /// There is none.
        case none
        /// At once.
        case now
        /// So many microseconds after the start of the job that ended, but not in the past.
        case afterStart(microseconds: Int64)
    }

    /// The failures in a row, with this end.
    var consecutiveFailures: Int
    /// Whether the import may have jobs from now on.
    var reviewStatus: ReviewStatus
    var successor: Successor

    /// Decides after a job that has ended, as its monitor reports.
    ///
    /// Success, also in part, clears the count of failures. Each further failure doubles the
    /// interval, until the limit gives the import up. After a success in part the rest is due at
    /// once.
    static func ofEnd(
        _ status: CodeImportResultStatus,
        of import: ImportRecord,
        failureLimit: Int
    ) -> Aftermath {
        let counted = Self.counting(status, of: `import`, failureLimit: failureLimit)
        guard counted.reviewStatus == .reviewed, let interval = `import`.interval else {
            return counted
        }
        var aftermath = counted
        switch status {
        case .successPartial:
            aftermath.successor = .afterStart(microseconds: 0)
        default:
            let wait = Self.backedOff(interval, failures: counted.consecutiveFailures)
            aftermath.successor = .afterStart(microseconds: wait)
        }
        return aftermath
    }

    /// Decides after a job was taken from a monitor that is dead.
    ///
    /// Nothing is known against the import, so it goes on at once, also where a job's end would
    /// have no successor; but a job that kills each of its monitors must not do so for ever, so it
    /// counts.
    static func ofReclaim(of import: ImportRecord, failureLimit: Int) -> Aftermath {
        var aftermath = Self.counting(.reclaimed, of: `import`, failureLimit: failureLimit)
        if aftermath.reviewStatus == .reviewed { aftermath.successor = .now }
        return aftermath
    }

    /// The count and the review status; no successor yet.
    private static func counting(
        _ status: CodeImportResultStatus,
        of import: ImportRecord,
        failureLimit: Int
    ) -> Aftermath {
        var failures = `import`.consecutiveFailures
        if status.isSuccess {
            failures = 0
        } else if status != .killed {
            // What an operator stopped says nothing about the import.
            failures += 1
        }
        let isGivenUp = `import`.reviewStatus == .reviewed && failures >= failureLimit
        return Aftermath(
            consecutiveFailures: failures,
            reviewStatus: isGivenUp ? .failing : `import`.reviewStatus,
            successor: .none
        )
    }

    /// The interval 1, 2, 4, 8… times after the first, second, third, fourth failure.
    private static func backedOff(_ interval: Int64, failures: Int) -> Int64 {
        guard failures > 1 else { return interval }
        // 2^62 is beyond any interval that is not itself beyond the clock.
        let factor = Int64(1) << min(failures - 1, 62)
        let (product, overflow) = interval.multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
