// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor
internal import WorkerMonitor

/// A scheduler in memory that gives every job the same data and accepts everything.
final class AcceptingScheduler: CodeImportScheduler {
    private let data: CodeImportJobData
    private var tails: [Int64: String] = [:]

    init(_ data: CodeImportJobData) {
        self.data = data
    }

    func getJobForMachine(_ hostname: String, workerLimit: Int) -> Deferred<Int64?> {
        .succeeded(nil)
    }

    func getImportDataForJobID(_ jobID: Int64) -> Deferred<CodeImportJobData> {
        .succeeded(self.data)
    }

    func updateHeartbeat(_ jobID: Int64, logTail: String) -> Deferred<Void> {
        self.tails[jobID] = logTail
        return .succeeded(())
    }

    func finishJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.tails[jobID] = nil
        return .succeeded(())
    }
}
