// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import LocalScheduler
internal import Reactor
internal import WorkerMonitor

/// Delivers the reports that an earlier run could not deliver.
///
/// A report that still cannot be delivered stays in the spool.
struct SpoolDelivery {
    /// The action to take for one report.
    private enum Action {
        /// The store has the job, and the job has not finished: deliver the report.
        case deliver
        /// The store already has a result for the job: remove the report.
        case remove
        /// The report is about a job of another store, or the store did not answer: keep
        /// the report.
        case keep
    }

    let spool: ReportSpool
    let store: JobStore
    let scheduler: any CodeImportScheduler
    let reactor: any ReactorThreads

    /// Delivers all reports in the spool.
    ///
    /// The deferred never fails, because an old report must not keep the new job from starting.
    func deliverAll() -> Deferred<Void> {
        self.reactor.deferToThread { [spool, store] in
            spool.pending().filter { report in
                let action = Self.action(for: report, store)
                if action == .remove { spool.remove(report) }
                return action == .deliver
            }
        }
        .chain { reports in self.deliver(reports[...]) }
        .addErrback { _ in }
    }

    private static func action(for spooled: SpooledReport, _ store: JobStore) -> Action {
        switch try? store.lookUpJob(spooled.report.jobID) {
        case .job(let job)?: Self.isSameJob(spooled, job.dateStarted) ? .deliver : .keep
        // The job was reclaimed, or an earlier delivery succeeded although it looked like
        // a failure.
        case .result(let result)?: Self.isSameJob(spooled, result.dateStarted) ? .remove : .keep
        // A job that is `gone` was handed back, or was cancelled before it started. No monitor
        // spools a report of such a job, so this report is about a job of another store. The
        // result is `nil` if the store does not know the job or could not be read.
        case .gone?, nil: .keep
        }
    }

    /// Whether a report is about the job with the same number that was started at `started`.
    ///
    /// An equal number alone does not prove it: a store that was deleted and created again starts
    /// its job numbers at 1 again.
    private static func isSameJob(_ spooled: SpooledReport, _ started: WallTime?) -> Bool {
        guard let started else { return false }
        if let reported = spooled.jobStartedMicroseconds { return reported == started.microseconds }
        // Reports of older versions lack the start time. A job starts before its report is spooled,
        // so a job that started later is another one.
        return started.microseconds <= spooled.keptAtMicroseconds
    }

    private func deliver(_ reports: ArraySlice<SpooledReport>) -> Deferred<Void> {
        guard let spooled = reports.first else { return .succeeded(()) }
        return self.scheduler.finishJobID(spooled.report.jobID, report: spooled.report)
            .addErrback { error in
                // The job has been reclaimed since, so its report is no longer needed.
                guard error is NoSuchCodeImportJob else { throw error }
            }
            .chain { self.reactor.deferToThread { [spool] in spool.remove(spooled) } }
            .chain { self.deliver(reports.dropFirst()) }
    }
}

#endif
