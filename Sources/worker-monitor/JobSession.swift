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
    /// What a signal does; something once there is a monitor, and the loop runs only then.
    private var interrupt: (Signal) -> Void = { _ in }

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
        // Before there is a job: a signal from now on is handled by the loop, and stops nothing
        // half done.
        let reactor = LibevReactor()
        self.handleSignals(reactor)
        let store: JobStore
        let jobID: Int64
        let started: WallTime
        do {
            store = try self.openStore()
            started = .now()
            jobID = try store.submit(self.order, claimedFor: Self.hostname, now: started)
        } catch {
            return self.refuse("\(error)", ExitStatus.unavailable)
        }
        defer { store.close() }
        guard let outcome = self.monitor(jobID, started, store, reactor) else {
            return self.refuse("The job has no outcome; this is a bug.", ExitStatus.failure)
        }
        return self.conclude(outcome)
    }

    private func openStore() throws -> JobStore {
        guard let path = self.places.store else {
            return try JobStore(environment: ProcessInfo.processInfo.environment)
        }
        return try JobStore(path: path)
    }

    /// The name of this machine, without asking a name server for more of it.
    private static var hostname: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Says what was wrong before there was a job.
    private func refuse(_ sentence: String, _ code: ExitCode) -> ExitCode {
        self.display.say("worker-monitor: \(sentence)")
        return code
    }

    // MARK: - The job

    private func monitor(
        _ jobID: Int64,
        _ started: WallTime,
        _ store: JobStore,
        _ reactor: LibevReactor
    ) -> MonitorOutcome? {
        let scheduler = LocalScheduler(store: store, threads: reactor)
        let spool = ReportSpool(
            folder: self.places.spool,
            jobStartedMicroseconds: started.microseconds
        )
        let monitor = self.makeMonitor(jobID, scheduler, reactor, spool)
        self.interrupt = { monitor.interrupt($0) }
        defer { self.interrupt = { _ in } }
        var outcome: MonitorOutcome?
        reactor.callWhenRunning {
            self.display.start(monitor, jobID: jobID, reactor: reactor)
            let logs = LogFolder(path: self.places.logs)
            let delivery = SpoolDelivery(
                spool: spool,
                store: store,
                scheduler: scheduler,
                reactor: reactor
            )
            reactor.deferToThread { logs.recoverAll() }
                .chain { delivery.deliverAll() }
                .chain { monitor.run() }
                .whenFired { result in
                    outcome = try? result.get()
                    self.display.stop()
                    reactor.stop()
                }
        }
        reactor.run()
        return outcome
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
