// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Logging
internal import ProgramSupport
internal import Protocols
internal import Reactor

/// The end of a job: the report, the end of the log, the last heartbeat, and the finish.
extension CodeImportWorkerMonitor {
    /// Finishes the job, also if it was never started.
    ///
    /// - Parameter failure: The first error, or `nil` if the worker exited with code 0.
    func callFinishJob(_ failure: (any Error)?) -> Deferred<MonitorOutcome> {
        self.beginFinishing()
        let report = self.makeReport(failure)
        // The worker is deallocated before the outcome is complete.
        self.lastLines = self.worker?.lastLines ?? ""
        self.shellExitCode = self.shellExitCode(report.cause, failure)
        self.noteFailure(failure, report)
        return self.closeLog(report).chain { report in
            if failure is NoSuchCodeImportJob {
                return .succeeded(self.outcome(report, failure, .jobGone))
            }
            return self.deliver(report, failure)
        }
    }

    private func deliver(
        _ report: JobReport,
        _ failure: (any Error)?
    ) -> Deferred<MonitorOutcome> {
        self.logger.info(
            "The job has ended.",
            metadata: ["job": "\(self.jobID)", "status": "\(report.status.rawValue)"]
        )
        return self.sendLastHeartbeat(report)
            .chain { self.finishOrHandBack(report) }
            .addCallback { self.outcome(report, failure, $0) }
    }

    // MARK: - The report

    private func makeReport(_ failure: (any Error)?) -> JobReport {
        let verdict = JobVerdict(failure, table: self.configuration.exitCodes)
        var report = JobReport(jobID: self.jobID, status: verdict.status, cause: verdict.cause)
        report.fault = verdict.fault
        self.addReason(failure, to: &report)
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
        self.addResources(of: worker, to: &report)
        return report
    }

    /// Adds the use of processor and memory, and whether memory ran out.
    private func addResources(
        of worker: CodeImportWorkerMonitorProtocol,
        to report: inout JobReport
    ) {
        if let usage = worker.end?.usage {
            report.cpuUser = usage.userTime.inSeconds
            report.cpuSystem = usage.systemTime.inSeconds
            report.peakMemoryBytes = Int64(usage.maximumResidentBytes)
        }
        guard let before = self.oomKillsAtStart, let now = OutOfMemoryKills.count() else { return }
        let kills = max(0, now - before)
        report.oomKills = kills
        if report.cause == .signal, worker.end?.exit.signal == .kill, kills > 0 {
            report.cause = .outOfMemory
            // The source is not to blame, so an import is handed back.
            if self.configuration.exitCodes == .import {
                report.status = .internalFailure
                report.fault = .machine
            }
        }
    }

    /// Adds the reason for a failure, and the worker's own words about it if it exited by itself.
    private func addReason(_ failure: (any Error)?, to report: inout JobReport) {
        guard let failure, !report.status.isSuccess else { return }
        let told = report.cause == .exit ? self.resultFile?.read() : nil
        report.retryAfter = told?.retryAfter
        report.reason = URLMask.masked(told?.sentence ?? "\(failure)")
    }

    /// Returns the signals that the protocol and the exit policy sent, as one list in order
    /// of time.
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

    private func outcome(
        _ report: JobReport,
        _ failure: (any Error)?,
        _ delivery: MonitorOutcome.Delivery
    ) -> MonitorOutcome {
        let sentence = report.status.isSuccess ? nil : failure.map { "\($0)" }
        var outcome = MonitorOutcome(report: report, failure: sentence, delivery: delivery)
        outcome.lastLines = self.lastLines
        outcome.logOutputBytes = max(0, report.logBytes - self.noteBytes)
        outcome.shellExitCode = self.shellExitCode
        return outcome
    }

    /// Returns the exit code that a shell would report for the worker.
    private func shellExitCode(_ cause: JobCause, _ failure: (any Error)?) -> Int32? {
        switch cause {
        case .exit, .signal, .outOfMemory:
            let exit = self.worker?.end?.exit
            return exit?.code ?? exit?.signal.map { 128 + $0.rawValue }
        case .spawnFailed:
            return (failure as? SpawnError)?.errno == ENOENT ? 127 : 126
        case .inactivityTimeout, .deadline, .heartbeatFailed, .jobGone, .logFailed, .interrupted:
            return nil
        }
    }

    // MARK: - The log

    /// Closes the log and assembles it on a thread, because the assembly may copy half a log, and a
    /// disk may not respond.
    ///
    /// If the end is expedited, the monitor does not wait for the assembly. `JobLog.recover(_:)`
    /// completes it later.
    private func closeLog(_ report: JobReport) -> Deferred<JobReport> {
        guard let log = self.log else { return .succeeded(report) }
        var report = report
        report.logPath = log.path
        report.outputBytes = log.outputBytes
        report.logBytes = log.logBytes
        guard let assemble = log.endWriting(), !self.isExpedited else { return .succeeded(report) }
        return self.cancellable(self.reactor.deferToThread(assemble)).addBoth { [report] result in
            var report = report
            switch result {
            case .success(let length): report.logBytes = length
            // A second signal has cancelled the wait.
            case .failure(is CancelledError): break
            case .failure(let error):
                if (error as? JobLogError)?.code == .removed { report.logBytes = 0 }
                self.logger.error("\(error)")
            }
            return report
        }
    }

    /// Writes the reason for a failure to the job's log.
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
        if report.cause == .outOfMemory { text += "\n\(MonitorOutcome.outOfMemory)" }
        let before = log.logBytes
        do {
            try log.note(ReadableText.escaped(URLMask.masked(text), keepsLines: true))
            self.noteBytes = log.logBytes - before
        } catch {
            self.logger.error("\(error)")
        }
    }

    // MARK: - The calls to the scheduler

    /// Sends the end of the log in one more heartbeat.
    ///
    /// The excerpt that a scheduler displays is the tail of the last heartbeat. Without this one,
    /// the excerpt of a short job would be empty. The heartbeat is not repeated, and a failure does
    /// not change the result of the job.
    private func sendLastHeartbeat(_ report: JobReport) -> Deferred<Void> {
        guard self.worker != nil, !self.isExpedited else { return .succeeded(()) }
        let call = self.updateHeartbeat(report.tail)
            .addTimeout(
                self.configuration.schedulerTimeout,
                waitingFor: "the response to the last heartbeat",
                clock: self.reactor
            )
        return self.cancellable(call)
            .addErrback { [logger] error in
                logger.info(
                    "The scheduler did not accept the last heartbeat.",
                    metadata: ["error": "\(error)"]
                )
            }
    }

    private func finishOrHandBack(_ report: JobReport) -> Deferred<MonitorOutcome.Delivery> {
        let isHandBack = report.isHandedBack
        let call = self.retry.run {
            isHandBack
                ? self.scheduler.handBackJobID(self.jobID, report: report)
                : self.scheduler.finishJobID(self.jobID, report: report)
        }
        return self.cancellable(call)
            .addCallback { isHandBack ? .handedBack : .delivered }
            .chainErrback { error in
                if error is NoSuchCodeImportJob { return .succeeded(.jobGone) }
                return self.saveToSpool(report, error)
            }
    }

    /// Saves the report, because the scheduler did not accept it.
    ///
    /// The report of a job that should have been handed back is not saved, because the scheduler
    /// reclaims such a job.
    private func saveToSpool(
        _ report: JobReport,
        _ error: any Error
    ) -> Deferred<MonitorOutcome.Delivery> {
        let reason = self.reasonForNoDelivery(error)
        guard let spool = self.spool, !report.isHandedBack else {
            return .succeeded(.lost(reason: reason))
        }
        return self.reactor.deferToThread { try spool.keep(report) }
            .addCallback { .spooled(path: $0, reason: reason) }
            .addErrback { .lost(reason: "\(reason) \($0)") }
    }

    /// Returns the reason why the scheduler did not accept the report, in sentences.
    ///
    /// If the second signal arrives before the final call, that call still gets one attempt, which
    /// may fail with another error. The reason then contains that error and the signal.
    private func reasonForNoDelivery(_ error: any Error) -> String {
        let signal = "A second signal ended the wait for a response."
        if error is CancelledError { return signal }
        guard self.isExpedited, Self.isTemporary(error) else { return "\(error)" }
        let text = "\(error)"
        return "\(text)\(text.hasSuffix(".") ? "" : ".") \(signal)"
    }
}

extension Duration {
    /// The duration in seconds, as reports contain it.
    fileprivate var inSeconds: Double {
        Double(self.attoseconds) / 1e18
    }
}
