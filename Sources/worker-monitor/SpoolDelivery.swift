// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import LocalScheduler
internal import Reactor
internal import WorkerMonitor

/// Delivers reports that an earlier run could not; what still cannot be delivered stays where it
/// is.
struct SpoolDelivery {
    let spool: ReportSpool
    let store: JobStore
    let scheduler: any CodeImportScheduler
    let reactor: any ReactorThreads

    /// Never fails: a report that cannot be delivered must not keep this run's job from its start.
    func deliverAll() -> Deferred<Void> {
        self.reactor.deferToThread { [spool, store] in
            spool.pending().filter { Self.isAbout($0, store) }
        }
        .chain { reports in self.deliver(reports[...]) }
        .addErrback { _ in }
    }

    /// Whether the store's job of this number is the one that was reported.
    ///
    /// A store that was made anew counts from one again: its job may have been started after the
    /// report was written.
    private static func isAbout(_ spooled: SpooledReport, _ store: JobStore) -> Bool {
        guard case .job(let job) = try? store.lookUpJob(spooled.report.jobID) else { return true }
        guard let started = job.dateStarted else { return false }
        return started <= WallTime(microseconds: spooled.keptAtMicroseconds)
    }

    private func deliver(_ reports: ArraySlice<SpooledReport>) -> Deferred<Void> {
        guard let report = reports.first?.report else { return .succeeded(()) }
        return self.scheduler.finishJobID(report.jobID, report: report)
            .addErrback { error in
                // The job is gone: it was reclaimed meanwhile, or an earlier try got through after
                // all.
                guard error is NoSuchCodeImportJob else { throw error }
            }
            .chain { self.reactor.deferToThread { [spool] in spool.remove(report.jobID) } }
            .chain { self.deliver(reports.dropFirst()) }
    }
}
