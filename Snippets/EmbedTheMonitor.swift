// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import LocalScheduler
import Reactor
import WorkerMonitor

let folder = FileManager.default.temporaryDirectory.path + "/jobs-\(UUID().uuidString)"
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
let store = try JobStore(path: folder + "/jobs.sqlite")
let order = ImportOrder.command(["sh", "-c", "echo hello; exit 3"])
let jobID = try store.submit(order, claimedFor: "this-host", now: .now())

var configuration = WorkerMonitorConfiguration()
configuration.exitCodes = .plain
configuration.deadline = .seconds(3600)

let reactor = LibevReactor()
let monitor = CodeImportWorkerMonitor(
    jobID: jobID,
    scheduler: SQLiteScheduler(store: store, threads: reactor),
    reactor: reactor,
    configuration: configuration,
    makeLog: { _ in try JobLog(path: "\(folder)/job-\(jobID).log") }
)
reactor.callWhenRunning {
    monitor.run().whenFired { result in
        if let report = try? result.get().report {
            print("job \(report.jobID): \(report.status.rawValue), tail \(report.tail)")
        }
        reactor.stop()
    }
}
reactor.run()
store.close()
try FileManager.default.removeItem(atPath: folder)

#endif
