// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A job's log in memory, without a bound: for tests, and for jobs that say little.
public final class MemoryJobLog: JobLogSink {
    /// Everything that was written.
    public private(set) var bytes: [UInt8] = []

    /// Whether the log was closed.
    public private(set) var isClosed = false

    /// What writing throws from now on, as a full disk would.
    public var failure: JobLogError?

    /// All the output that was written, in bytes.
    public private(set) var outputBytes: Int64 = 0

    /// Makes an empty log.
    public init() {}

    /// There is no file.
    public var path: String? { nil }

    /// How many bytes were written, notes included.
    public var logBytes: Int64 { Int64(self.bytes.count) }

    /// Everything that was written, as text; what is not valid UTF-8 is replaced.
    public var text: String { String(decoding: self.bytes, as: UTF8.self) }

    /// Writes a piece of output to the log, as it is.
    public func append(_ output: RawSpan) throws(JobLogError) {
        try self.check()
        output.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
        self.outputBytes += Int64(output.byteCount)
    }

    /// Writes lines of our own, which start on a line of their own.
    public func note(_ text: String) throws(JobLogError) {
        try self.check()
        let endsLine = self.bytes.last.map { $0 == UInt8(ascii: "\n") } ?? true
        self.bytes += JobLogNote.lines(text, afterWholeLine: endsLine)
    }

    /// Ends the log.
    public func endWriting() -> (@Sendable () throws -> Int64)? {
        self.isClosed = true
        return nil
    }

    private func check() throws(JobLogError) {
        if self.isClosed { throw JobLogError(.closed, path: "in memory") }
        if let failure = self.failure { throw failure }
    }
}
