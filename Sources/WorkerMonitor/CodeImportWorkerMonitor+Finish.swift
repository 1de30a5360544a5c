// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ProgramSupport
internal import Protocols
internal import Reactor

/// The end of a job: the verdict, the last lines of the log, the last heartbeat, the finish.
extension CodeImportWorkerMonitor {
    /// Finishes the job on every path; `failure` is the first thing that went wrong.
    func callFinishJob(_ failure: (any Error)?) -> Deferred<MonitorOutcome> {
        self.beginFinishing()
        let report = self.makeReport(failure)
        self.noteFailure(failure, report)
        return self.closeLog(report).chain { report in
            if failure is NoSuchCodeImportJob {
                return .succeeded(self.outcome(report, failure, .jobGone))
            }
            return self.tell(report, failure)
        }
    }

    private func tell(
        _ report: JobReport,
        _ failure: (any Error)?
    ) -> Deferred<MonitorOutcome> {
        self.logger.info(
            "The job is over.",
            metadata: ["job": "\(self.jobID)", "status": "\(report.status.rawValue)"]
        )
        return self.sendLastHeartbeat(report)
            .chain { self.deliver(report) }
            .addCallback { self.outcome(report, failure, $0) }
    }

    // MARK: - The report

    private func makeReport(_ failure: (any Error)?) -> JobReport {
        let verdict = JobVerdict(failure, table: self.configuration.exitCodes)
        var report = JobReport(jobID: self.jobID, status: verdict.status, cause: verdict.cause)
        guard let worker = self.worker else { return report }
        let start = worker.startTime ?? self.reactor.now
        report.duration = (self.reactor.now - start).inSeconds
        report.heartbeats = worker.heartbeatCount
        report.tail = worker.tailText
        report.exitCode = worker.end?.exit.code
        report.signal = worker.end?.exit.signal?.description
        report.cutOff = !(worker.end?.cutStreams.isEmpty ?? true)
        report.survivors = (worker.end?.survivors ?? []).map {
            JobReport.Survivor(pid: $0.pid, command: $0.command, state: String($0.state))
        }
        report.signalsSent = self.signalsSent(by: worker, since: start)
        return report
    }

    /// The protocol's and those of the exit policy, as one record.
    private func signalsSent(
        by worker: CodeImportWorkerMonitorProtocol,
        since start: Duration
    ) -> [JobReport.SentSignal] {
        let all = worker.signalsSent + (worker.end?.signalsToGroup ?? [])
        return all.sorted { $0.at < $1.at }.map {
            JobReport.SentSignal(
                signal: $0.signal.description,
                to: $0.target == .group ? "group" : "leader",
                at: ($0.at - start).inSeconds
            )
        }
    }

    /// Closes the log and puts it together, on a thread.
    ///
    /// That may be half a log to copy, and a disk may hang. What is not done when somebody is in
    /// haste, the next run does.
    private func closeLog(_ report: JobReport) -> Deferred<JobReport> {
        guard let log = self.log else { return .succeeded(report) }
        var report = report
        report.logPath = log.path
        report.outputBytes = log.outputBytes
        report.logBytes = log.logBytes
        guard let rest = log.endWriting(), !self.isInHaste else { return .succeeded(report) }
        return self.cancellable(self.reactor.deferToThread(rest)).addBoth { [report] result in
            var report = report
            switch result {
            case .success(let length): report.logBytes = length
            // Somebody is in haste.
            case .failure(is CancelledError): break
            case .failure(let error): self.logger.error("\(error)")
            }
            return report
        }
    }

    /// Says in the log itself why there is no more of it.
    private func noteFailure(_ failure: (any Error)?, _ report: JobReport) {
        guard let failure, !report.status.isSuccess, let log = self.log else { return }
        var text = "Import failed: \(report.status.rawValue), cause: \(report.cause.rawValue)\n"
        let reason = (failure as? PreparationFailed)?.reason ?? failure
        text += "Failure: \(type(of: reason)): \(reason)"
        if !(failure is ProcessTerminated), let exit = self.worker?.end?.exit {
            text += "\nThe worker \(exit)."
        }
        for survivor in report.survivors {
            text += "\nStill alive: \(survivor.pid) (\(survivor.command), state \(survivor.state))"
        }
        do {
            try log.note(URLMask.masked(text))
        } catch {
            self.logger.error("\(error)")
        }
    }

    private func outcome(
        _ report: JobReport,
        _ failure: (any Error)?,
        _ delivery: MonitorOutcome.Delivery
    ) -> MonitorOutcome {
        let sentence = report.status.isSuccess ? nil : failure.map { "\($0)" }
        return MonitorOutcome(report: report, failure: sentence, delivery: delivery)
    }

    // MARK: - Telling the scheduler

    /// Sends the end of the log too, since the excerpt that the scheduler shows is that of the last
    /// heartbeat.
    ///
    /// (The original did not; reference W5.) That it fails hurts nobody.
    private func sendLastHeartbeat(_ report: JobReport) -> Deferred<Void> {
        guard self.worker != nil, !self.isInHaste else { return .succeeded(()) }
        let call = self.updateHeartbeat(report.tail)
            .addTimeout(
                self.configuration.schedulerTimeout,
                waitingFor: "the last heartbeat's answer",
                clock: self.reactor
            )
        return self.cancellable(call)
            .addErrback { [logger] error in
                logger.info("The last heartbeat was not accepted.", metadata: ["error": "\(error)"])
            }
    }

    private func deliver(_ report: JobReport) -> Deferred<MonitorOutcome.Delivery> {
        let isHandBack = report.cause == .interrupted
        let call = self.retry.run {
            isHandBack
                ? self.scheduler.handBackJobID(self.jobID, report: report)
                : self.scheduler.finishJobID(self.jobID, report: report)
        }
        return self.cancellable(call)
            .addCallback { isHandBack ? .handedBack : .delivered }
            .chainErrback { error in
                if error is NoSuchCodeImportJob { return .succeeded(.jobGone) }
                return self.keep(report, error)
            }
    }

    /// Why the scheduler has no report, in sentences.
    ///
    /// The second signal may come before there is a call that it could end; then the one attempt
    /// that is made all the same has an error of its own.
    private func reason(_ error: any Error) -> String {
        let haste = "A second signal ended the wait for it."
        if error is CancelledError { return haste }
        guard self.isInHaste, Self.isPassing(error) else { return "\(error)" }
        let own = "\(error)"
        return "\(own)\(own.hasSuffix(".") ? "" : ".") \(haste)"
    }

    /// Keeps the report for later, because the scheduler stays away.
    ///
    /// A job that is to be handed back needs none; it is reclaimed.
    private func keep(_ report: JobReport, _ error: any Error) -> Deferred<MonitorOutcome.Delivery>
    {
        let reason = self.reason(error)
        guard let spool = self.spool, report.cause != .interrupted else {
            return .succeeded(.lost(reason: reason))
        }
        return self.reactor.deferToThread { try spool.keep(report) }
            .addCallback { .spooled(path: $0, reason: reason) }
            .addErrback { .lost(reason: "\(reason) \($0)") }
    }
}

extension Duration {
    /// The duration in seconds, for records and displays.
    var inSeconds: Double {
        Double(self.attoseconds) / 1e18
    }
}
