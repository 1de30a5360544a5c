// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import Foundation
internal import LocalScheduler
internal import Logging
internal import ProgramSupport
internal import Reactor
internal import WorkerMonitor

/// One run of the program: opens the store, creates the job, monitors it, and reports its result.
final class JobSession {
    private let order: ImportOrder
    private let configuration: WorkerMonitorConfiguration
    private let options: MonitorOptions
    private let paths: ProgramPaths
    private let display: ProgressDisplay
    private let output: JobOutput
    /// Limits how long the store waits for a lock that another process holds.
    private let busyTimeout = BusyTimeout()
    /// The signals that asked the program to stop.
    ///
    /// The first one stops the worker, and the second one kills the worker and skips all
    /// remaining waits.
    private var interruptions: [Signal] = []
    /// The monitor of the job, or `nil` before the job is created and after it has ended.
    private var monitor: CodeImportWorkerMonitor?
    /// The store, or `nil` before the job is created.
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
        self.paths = ProgramPaths(store: options.store, logFolder: options.logDir)
        self.output = JobOutput(options)
        self.display = ProgressDisplay(
            title: title,
            isQuiet: options.quiet || self.output.occupiesTerminal
        )
    }

    /// Runs the job to its end, and prints its record.
    ///
    /// - Returns: The exit code of the program.
    func run() -> Int32 {
        if let problem = Prerequisites.problem(self.configuration.streams) {
            return self.refuse(problem, .unavailable)
        }
        if let problem = self.paths.prepareLogs() { return self.refuse(problem, .usage) }
        let reactor = LibevReactor()
        // Signals are handled before the job exists: from here on, a signal cannot stop the program
        // halfway through a step.
        self.handleSignals(reactor)
        var result: Result<MonitorOutcome, any Error>?
        reactor.callWhenRunning {
            self.createJob(reactor)
                .chain { job in self.perform(job, reactor) }
                .whenFired {
                    result = $0
                    reactor.stop()
                }
        }
        reactor.run()
        // The rest of this function only prints. The reactor has restored the default action of
        // each signal, so a signal now ends the program.
        ProgramSignals.endProgramOnSignal()
        self.store?.close()
        switch result {
        case .success(let outcome)?:
            return JobConclusion(options: self.options, display: self.display, output: self.output)
                .conclude(outcome)
        case .failure(let error)?: return self.refuse(error)
        case nil: return self.refuse("The job has no outcome; this is a bug.", .failure)
        }
    }

    // MARK: - Before the job

    /// Opens the store and creates the job on a worker thread, because both block while another
    /// process has the store locked.
    private func createJob(_ reactor: LibevReactor) -> Deferred<ClaimedJob> {
        let (path, order, timeout) = (self.paths.store, self.order, self.busyTimeout)
        return reactor.deferToThread { @Sendable in
            try ClaimedJob(order, inStore: path, busyTimeout: timeout)
        }
    }

    /// Reports why there is no job.
    private func refuse(_ error: any Error) -> Int32 {
        guard let interruption = self.interruptions.first else {
            return self.refuse("\(error)", .unavailable)
        }
        return self.refuse("\(interruption) arrived before the job was created.", .temporaryFailure)
    }

    private func refuse(_ sentence: String, _ code: ProgramExitCode) -> Int32 {
        self.display.say("worker-monitor: \(sentence)")
        return code.rawValue
    }

    // MARK: - The job

    private func perform(_ job: ClaimedJob, _ reactor: LibevReactor) -> Deferred<MonitorOutcome> {
        self.store = job.store
        for notice in job.store.notices + self.paths.closeToOthers() {
            self.display.say("worker-monitor: warning: \(notice)")
        }
        let scheduler = SQLiteScheduler(store: job.store, threads: reactor)
        let spool = ReportSpool(
            folder: self.paths.spool,
            jobStartedMicroseconds: job.started.microseconds
        )
        let logs = LogFolder(path: self.paths.logs)
        let monitor = self.makeMonitor(job.id, scheduler, reactor, spool, logs)
        self.monitor = monitor
        self.output.attach(monitor, reactor)
        if self.interruptions.count == 1 { self.busyTimeout.restore() }
        for interruption in self.interruptions { monitor.interrupt(interruption) }
        self.display.start(monitor, jobID: job.id, reactor: reactor)
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
        _ scheduler: SQLiteScheduler,
        _ reactor: LibevReactor,
        _ spool: ReportSpool,
        _ logs: LogFolder
    ) -> CodeImportWorkerMonitor {
        CodeImportWorkerMonitor(
            jobID: jobID,
            scheduler: scheduler,
            reactor: reactor,
            configuration: self.configuration,
            spool: spool,
            logger: self.display.logger,
            makeLog: { [output] data in
                output.log(try logs.makeLog(named: data.logFileName ?? "job-\(jobID).log"))
            }
        )
    }

    // MARK: - Signals

    /// Stops the job.
    ///
    /// Before the job is created no result can be lost, so the first signal ends the wait for the
    /// store at once. Later, only a second signal ends such a wait.
    private func interrupt(_ signal: Signal) {
        if self.monitor == nil || !self.interruptions.isEmpty { self.busyTimeout.cancel() }
        self.interruptions.append(signal)
        self.monitor?.interrupt(signal)
    }

    private func handleSignals(_ reactor: LibevReactor) {
        do {
            // Many shells start background jobs with SIGINT and SIGQUIT ignored, but a signal that
            // is sent to the monitor itself has to end the job.
            let handled: [Signal] = [.interrupt, .terminate, .quit]
            for signal in ProgramSignals.ending
            where handled.contains(signal) || !ProgramSignals.isIgnored(signal) {
                try reactor.handleSignal(signal) { [unowned self] in self.interrupt($0) }
            }
            if OrphanReaper.isNeeded { try OrphanReaper.start(on: reactor) }
        } catch {
            self.display.say("worker-monitor: \(error)")
        }
        ProgramSignals.unblock()
    }
}

#endif
