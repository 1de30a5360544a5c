// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import LocalScheduler
internal import Logging
internal import Reactor
internal import WorkerMonitor

/// One run of the program: opens the store, makes the job, monitors it, and says how it ended.
final class JobSession {
    private let order: ImportOrder
    private let configuration: WorkerMonitorConfiguration
    private let options: MonitorOptions
    private let places: Places
    private let display: ProgressDisplay
    /// Ends the waits for who has the store locked.
    private let patience = StorePatience()
    /// The signals that want an end; the first says which it was, the second is in haste.
    private var interruptions: [Signal] = []
    /// There as long as there is a job.
    private var monitor: CodeImportWorkerMonitor?
    /// There once there is a job.
    private var store: JobStore?

    init(
        order: ImportOrder,
        configuration: WorkerMonitorConfiguration,
        options: MonitorOptions,
        title: String
    ) {
        self.order = order
        self.configuration = configuration
        self.options = options
        self.places = Places(options)
        self.display = ProgressDisplay(title: title, isQuiet: options.quiet)
    }

    /// Does all of it.
    ///
    /// - Returns: what the program exits with.
    func run() -> ExitCode {
        // A log over the file size limit is an error like another (EFBIG), and not the end of the
        // monitor.
        signal(SIGXFSZ, SIG_IGN)
        if let wrong = self.places.prepareLogs() { return self.refuse(wrong, ExitStatus.usage) }
        let reactor = LibevReactor()
        // Before there is a job: a signal from now on is handled by the loop, and stops nothing
        // half done.
        self.handleSignals(reactor)
        var result: Result<MonitorOutcome, any Error>?
        reactor.callWhenRunning {
            self.begin(reactor)
                .chain { job in self.perform(job, reactor) }
                .whenFired {
                    result = $0
                    reactor.stop()
                }
        }
        reactor.run()
        // From here on a signal ends the program: all that is left is to print.
        self.store?.close()
        switch result {
        case .success(let outcome)?: return self.conclude(outcome)
        case .failure(let error)?: return self.refuse(error)
        case nil: return self.refuse("The job has no outcome; this is a bug.", ExitStatus.failure)
        }
    }

    // MARK: - The beginning

    /// Opens the store and makes the job, on a thread: the store may be locked by others.
    private func begin(_ reactor: LibevReactor) -> Deferred<ClaimedJob> {
        let (path, order, patience) = (self.places.store, self.order, self.patience)
        return reactor.deferToThread { @Sendable in
            try ClaimedJob(order, inStore: path, patience: patience)
        }
    }

    /// Says why there is no job.
    private func refuse(_ error: any Error) -> ExitCode {
        guard let interruption = self.interruptions.first else {
            return self.refuse("\(error)", ExitStatus.unavailable)
        }
        let sentence = "Interrupted by \(interruption) before there was a job."
        return self.refuse(sentence, ExitStatus.interrupted)
    }

    private func refuse(_ sentence: String, _ code: ExitCode) -> ExitCode {
        self.display.say("worker-monitor: \(sentence)")
        return code
    }

    // MARK: - The job

    private func perform(_ job: ClaimedJob, _ reactor: LibevReactor) -> Deferred<MonitorOutcome> {
        self.store = job.store
        let scheduler = LocalScheduler(store: job.store, threads: reactor)
        let spool = ReportSpool(
            folder: self.places.spool,
            jobStartedMicroseconds: job.started.microseconds
        )
        let monitor = self.makeMonitor(job.id, scheduler, reactor, spool)
        self.monitor = monitor
        if self.interruptions.count == 1 { self.patience.restore() }
        for interruption in self.interruptions { monitor.interrupt(interruption) }
        self.display.start(monitor, jobID: job.id, reactor: reactor)
        let logs = LogFolder(path: self.places.logs)
        let delivery = SpoolDelivery(
            spool: spool,
            store: job.store,
            scheduler: scheduler,
            reactor: reactor
        )
        return reactor.deferToThread { logs.recoverAll() }
            .chain { delivery.deliverAll() }
            .chain { monitor.run() }
            .addBoth { result in
                self.display.stop()
                self.monitor = nil
                return try result.get()
            }
    }

    private func makeMonitor(
        _ jobID: Int64,
        _ scheduler: LocalScheduler,
        _ reactor: LibevReactor,
        _ spool: ReportSpool
    ) -> CodeImportWorkerMonitor {
        let logs = LogFolder(path: self.places.logs)
        return CodeImportWorkerMonitor(
            jobID: jobID,
            scheduler: scheduler,
            reactor: reactor,
            configuration: self.configuration,
            spool: spool,
            logger: self.display.logger,
            makeLog: { data in try logs.makeLog(named: data.logFileName ?? "job-\(jobID).log") }
        )
    }

    // MARK: - Signals

    /// Before there is a job nothing is lost by an end; later the second signal waits for nobody.
    private func interrupt(_ signal: Signal) {
        if self.monitor == nil || !self.interruptions.isEmpty { self.patience.end() }
        self.interruptions.append(signal)
        self.monitor?.interrupt(signal)
    }

    private func handleSignals(_ reactor: LibevReactor) {
        for signal in [Signal.interrupt, .terminate, .hangup] {
            if signal == .hangup, Self.ignoresHangup { continue }
            do {
                try reactor.handleSignal(signal) { [unowned self] in self.interrupt($0) }
            } catch {
                self.display.say("worker-monitor: \(error)")
            }
        }
    }

    /// Whether it was started so that it survives its terminal, by nohup for example.
    private static var ignoresHangup: Bool {
        var action = sigaction()
        guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    // MARK: - The end

    private func conclude(_ outcome: MonitorOutcome) -> ExitCode {
        if !outcome.report.status.isSuccess, let failure = outcome.failure {
            // A worker that ends by itself has mostly said why.
            let last = outcome.report.tail.split(separator: "\n").last.map {
                " Its last line: \($0)"
            }
            let said = outcome.report.cause == .exit ? last ?? "" : ""
            self.display.say("worker-monitor: \(failure)\(said)")
        }
        switch outcome.delivery {
        case .spooled(let path, let reason):
            self.display.say(
                "worker-monitor: The store did not take the result: \(Self.sentence(reason)) "
                    + "The result is kept in \(path) and delivered by the next run with this store."
            )
        case .lost(let reason):
            self.display.say(
                "worker-monitor: The store did not take the result: \(Self.sentence(reason))"
            )
        case .delivered, .handedBack, .jobGone: break
        }
        let code = ExitStatus.of(outcome)
        guard let reason = self.printRecord(outcome) else { return code }
        self.display.say("worker-monitor: \(Self.notPrinted(outcome.report, reason))")
        // What there is to do for the store's sake comes first.
        return [.success, ExitStatus.failure].contains(code) ? ExitStatus.notPrinted : code
    }

    private static func sentence(_ reason: String) -> String {
        reason.hasSuffix(".") ? reason : reason + "."
    }

    private static func notPrinted(_ report: JobReport, _ reason: String) -> String {
        let log = report.logPath.map { " Its output is in \($0)." } ?? ""
        return "The record of job \(report.jobID), \(report.status.rawValue), cannot be written "
            + "to standard output: \(reason).\(log)"
    }

    /// - Returns: why it could not be printed; nil if nothing went wrong.
    private func printRecord(_ outcome: MonitorOutcome) -> String? {
        if self.options.json {
            return StandardOutput.write(line: JobRecordText.json(outcome.report))
        }
        return self.options.quiet ? nil : StandardOutput.write(line: JobRecordText.table(outcome))
    }
}
