// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import WorkerMonitor

/// A log that takes output and cannot be put together at its end.
final class UnclosableLog: JobLogSink {
    private(set) var outputBytes: Int64 = 0
    /// How often it was tried.
    private(set) var closings = 0

    var path: String? { "/logs/job.log" }
    var logBytes: Int64 { self.outputBytes }

    func append(_ output: RawSpan) throws(JobLogError) {
        self.outputBytes += Int64(output.byteCount)
    }

    func note(_ text: String) throws(JobLogError) {}

    func endWriting() -> (@Sendable () throws -> Int64)? {
        self.closings += 1
        return { throw JobLogError(.assemble, path: "/logs/job.log", errno: 28) }
    }
}
