// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import LocalScheduler

let folder = FileManager.default.temporaryDirectory.path + "/jobs-\(UUID().uuidString)"
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
let store = try JobStore(path: folder + "/jobs.sqlite")

let order = ImportOrder.command(["make", "-C", "project", "check"])
let jobID = try store.submit(order, now: .now())

let list = try store.jobs()
print("\(list.pending.count) waiting, \(list.running.count) running, \(list.recent.count) ended")

if case .job(let job) = try store.lookUpJob(jobID) {
    print("job \(job.id) is \(job.state.rawValue)")
}

try store.cancelJob(jobID, now: .now())
for event in try store.events(ofJob: jobID) {
    print("job \(event.jobID): \(event.kind.rawValue)")
}
store.close()
try FileManager.default.removeItem(atPath: folder)

#endif
