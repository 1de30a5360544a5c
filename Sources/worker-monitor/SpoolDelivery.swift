// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import LocalScheduler
internal import Reactor
internal import WorkerMonitor

/// Delivers reports that an earlier run could not; what still cannot be delivered stays where it
/// is.
struct SpoolDelivery {
    /// What is to be done with a report.
    private enum Fate {
        /// The store has the job, which has not ended for it.
        case deliver
        /// The store knows how the job ended.
        case forget
        /// It is about a job of another store, or the store cannot be asked.
        case leave
    }

    let spool: ReportSpool
    let store: JobStore
    let scheduler: any CodeImportScheduler
    let reactor: any ReactorThreads

    /// Never fails: a report that cannot be delivered must not keep this run's job from its start.
    func deliverAll() -> Deferred<Void> {
        self.reactor.deferToThread { [spool, store] in
            spool.pending().filter { report in
                let fate = Self.fate(of: report, store)
                if fate == .forget { spool.remove(report) }
                return fate == .deliver
            }
        }
        .chain { reports in self.deliver(reports[...]) }
        .addErrback { _ in }
    }

    private static func fate(of spooled: SpooledReport, _ store: JobStore) -> Fate {
        switch try? store.lookUpJob(spooled.report.jobID) {
        case .job(let job)?: Self.isAbout(spooled, job.dateStarted) ? .deliver : .leave
        // Reclaimed meanwhile, or an earlier try got through after all.
        case .result(let result)?: Self.isAbout(spooled, result.dateStarted) ? .forget : .leave
        // No monitor that reports an end has given its job back.
        case .gone?, nil: .leave
        }
    }

    /// Whether the store's job of this number, started then, is the one that was reported.
    ///
    /// A store that was made anew counts from one again.
    private static func isAbout(_ spooled: SpooledReport, _ started: WallTime?) -> Bool {
        guard let started else { return false }
        if let reported = spooled.jobStartedMicroseconds { return reported == started.microseconds }
        // Kept by an older version: its job was started before.
        return started.microseconds <= spooled.keptAtMicroseconds
    }

    private func deliver(_ reports: ArraySlice<SpooledReport>) -> Deferred<Void> {
        guard let spooled = reports.first else { return .succeeded(()) }
        return self.scheduler.finishJobID(spooled.report.jobID, report: spooled.report)
            .addErrback { error in
                // The job is gone: it was reclaimed at this moment.
                guard error is NoSuchCodeImportJob else { throw error }
            }
            .chain { self.reactor.deferToThread { [spool] in spool.remove(spooled) } }
            .chain { self.deliver(reports.dropFirst()) }
    }
}
