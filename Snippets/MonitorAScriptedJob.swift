// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import WorkerMonitor

final class OneJob: CodeImportScheduler {
    private(set) var tails: [String] = []
    private(set) var report: JobReport?

    func getJobForMachine(_ hostname: String, workerLimit: Int) -> Deferred<Int64?> {
        .succeeded(7)
    }

    func getImportDataForJobID(_ jobID: Int64) -> Deferred<CodeImportJobData> {
        .succeeded(CodeImportJobData(arguments: ["worker"]))
    }

    func updateHeartbeat(_ jobID: Int64, logTail: String) -> Deferred<Void> {
        self.tails.append(logTail)
        return .succeeded(())
    }

    func finishJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.report = report
        return .succeeded(())
    }
}

let reactor = MemoryReactor()
reactor.programs = { _ in [.write("cloning\n"), .wait(.seconds(40)), .exit(3)] }

let scheduler = OneJob()
let log = MemoryJobLog()
let monitor = CodeImportWorkerMonitor(
    jobID: 7,
    scheduler: scheduler,
    reactor: reactor,
    configuration: WorkerMonitorConfiguration(),
    makeLog: { _ in log }
)
let outcome = monitor.run()
reactor.advance(by: .seconds(60))

precondition(outcome.hasFired)
precondition(scheduler.report?.status == .successPartial)
precondition(scheduler.tails == ["", "cloning\n", "cloning\n"])
precondition(log.text == "cloning\n")
