// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import WorkerMonitor

/// A log that writes nothing and counts the bytes of output.
final class CountingLog: JobLogSink {
    let path: String? = nil
    private(set) var outputBytes: Int64 = 0
    var logBytes: Int64 { self.outputBytes }

    func append(_ output: RawSpan) throws(JobLogError) {
        self.outputBytes += Int64(output.byteCount)
    }

    func note(_ text: String) throws(JobLogError) {}

    func endWriting() -> (@Sendable () throws -> Int64)? { nil }
}
