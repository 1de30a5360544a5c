// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor
internal import WorkerMonitor

/// Delivers reports that an earlier run could not; what still cannot be delivered stays where it
/// is.
struct SpoolDelivery {
    let spool: ReportSpool
    let scheduler: any CodeImportScheduler
    let reactor: any ReactorThreads

    /// Never fails: a report that cannot be delivered must not keep this run's job from its start.
    func deliverAll() -> Deferred<Void> {
        self.reactor.deferToThread { [spool] in spool.pending() }
            .chain { reports in self.deliver(reports[...]) }
            .addErrback { _ in }
    }

    private func deliver(_ reports: ArraySlice<JobReport>) -> Deferred<Void> {
        guard let report = reports.first else { return .succeeded(()) }
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
