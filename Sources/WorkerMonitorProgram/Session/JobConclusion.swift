// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import ProgramSupport
internal import WorkerMonitor

/// The last step of a run: tells how the job ended, and determines the exit code.
struct JobConclusion {
    let options: MonitorOptions
    let display: ProgressDisplay
    let output: JobOutput

    /// Prints the rest of the output, the reason for a failure, and the record.
    ///
    /// - Returns: The exit code of the program.
    func conclude(_ outcome: MonitorOutcome) -> Int32 {
        // The output comes first, as it does without a monitor.
        let problem = self.output.finish(outcome)
        self.sayFailure(outcome)
        self.sayDelivery(outcome)
        var code = ProgramExitCode(outcome)
        if let problem {
            self.display.say("worker-monitor: \(Self.lostOutput(outcome.report, problem.reason))")
        }
        let reason = self.printRecord(outcome)
        if let reason {
            self.display.say("worker-monitor: \(Self.lostRecord(outcome.report, reason))")
        }
        // The codes for an unavailable store and for an interruption ask for an action, so they
        // take precedence. A reader that stops reading, such as head(1), is no failure.
        if reason != nil || problem?.isUnread == false, code == .success || code == .failure {
            code = .outputFailed
        }
        return self.options.passExitCode ? Self.passed(outcome, code) : code.rawValue
    }

    /// Returns the exit code with `--pass-exit-code`.
    ///
    /// A command that ended by itself determines the code, except that a success does not hide that
    /// the result was not stored or printed. The codes for commands that did not end by themselves
    /// are those of timeout(1) and of shells.
    static func passed(_ outcome: MonitorOutcome, _ own: ProgramExitCode) -> Int32 {
        if outcome.report.cause == .interrupted { return own.rawValue }
        if let code = outcome.shellExitCode { return code == 0 ? own.rawValue : code }
        switch outcome.report.cause {
        case .inactivityTimeout, .deadline: return 124
        default: return own.rawValue
        }
    }

    // MARK: - Messages

    private func sayFailure(_ outcome: MonitorOutcome) {
        guard !outcome.report.status.isSuccess, let failure = outcome.failure else { return }
        self.display.say("worker-monitor: \(failure)\(self.detail(outcome))")
        self.sayLastLines(outcome)
        Self.advice(about: outcome.report).map { self.display.say("worker-monitor: \($0)") }
    }

    /// Returns what is known about the reason besides the failure itself.
    private func detail(_ outcome: MonitorOutcome) -> String {
        if let kills = outcome.report.oomKills, kills > 0 {
            return " \(MonitorOutcome.outOfMemory)"
        }
        // A worker that exits by itself has usually written the reason in its last line.
        let lastLine = outcome.report.tail.split(separator: "\n").last
        guard outcome.report.cause == .exit, let lastLine, !self.showsLastLines else { return "" }
        return " Its last line: \(lastLine)"
    }

    /// Whether the last lines of the output are shown after a failure.
    ///
    /// Without `--quiet` the record names the log, and in the other modes the output is already on
    /// standard output.
    private var showsLastLines: Bool { self.options.quiet && self.options.output == .log }

    private func sayLastLines(_ outcome: MonitorOutcome) {
        guard self.showsLastLines, outcome.report.cause != .spawnFailed else { return }
        let log = outcome.report.logPath.map { " (all of it is in \($0))" } ?? ""
        guard !outcome.lastLines.isEmpty else {
            return self.display.say("worker-monitor: The job wrote no output.")
        }
        self.display.say("worker-monitor: The last lines of the output\(log):")
        for line in outcome.lastLines.split(separator: "\n", omittingEmptySubsequences: false) {
            self.display.say("    \(line)")
        }
    }

    /// Returns who is at fault if it is not the source, and what follows from that.
    private static func advice(about report: JobReport) -> String? {
        let when = report.retryAfter.map { "in \($0) s" } ?? "later"
        return switch report.fault {
        case .host:
            "The host of the source or the network is at fault, not the source, so this failure does "
                + "not count against the import. Try again \(when)."
        case .machine:
            "This machine is at fault, not the source, so the job has no result and is handed back. "
                + "Correct the problem, and run the job again."
        case .source, nil: nil
        }
    }

    private func sayDelivery(_ outcome: MonitorOutcome) {
        switch outcome.delivery {
        case .spooled(let path, let reason):
            self.display.say(
                "worker-monitor: The store did not accept the result: "
                    + "\(ReadableText.sentence(reason)) The result is kept in \(path). The next run "
                    + "with this store delivers it."
            )
        case .lost(let reason):
            self.display.say(
                "worker-monitor: The store did not accept the result: "
                    + "\(ReadableText.sentence(reason))"
            )
        case .delivered, .handedBack, .jobGone: break
        }
    }

    private static func lostRecord(_ report: JobReport, _ reason: String) -> String {
        let log = report.logPath.map { " The job's output is in \($0)." } ?? ""
        return "Cannot write the record of job \(report.jobID) (\(report.status.rawValue)) to "
            + "standard output: \(reason).\(log)"
    }

    private static func lostOutput(_ report: JobReport, _ reason: String) -> String {
        let log = report.logPath.map { " It is in \($0)." } ?? ""
        return "Cannot write all of the output of job \(report.jobID) to standard output: "
            + "\(ReadableText.sentence(reason))\(log)"
    }

    /// Prints the job's record in the format that the options select, on the stream that the job's
    /// output does not use.
    ///
    /// - Returns: The reason if it could not be printed on standard output, or `nil`.
    private func printRecord(_ outcome: MonitorOutcome) -> String? {
        guard self.options.json || !self.options.quiet else { return nil }
        let record =
            self.options.json
            ? JobRecordText.json(outcome.report) : JobRecordText.table(outcome)
        if self.options.output == .log { return StandardOutput.write(line: record) }
        StandardError.write(record + "\n", waitLimit: StandardError.finalWaitLimit)
        return nil
    }
}

extension ProgramExitCode {
    /// The exit code that reports an outcome to the shell.
    init(_ outcome: MonitorOutcome) {
        self =
            switch outcome.delivery {
            // This applies to a job that should have been handed back, too: exit code 75 means that
            // the store took it back, and here the store did not accept it.
            case .spooled, .lost: .unavailable
            case .handedBack: .temporaryFailure
            case .jobGone where outcome.report.isHandedBack: .temporaryFailure
            case .delivered, .jobGone: outcome.report.status.isSuccess ? .success : .failure
            }
    }
}

#endif
