// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A job's log in memory, for tests and for jobs with little output.
///
/// The length of the log is not limited.
public final class MemoryJobLog: JobLogSink {
    /// The output and the notes.
    public private(set) var bytes: [UInt8] = []

    /// Whether ``endWriting()`` was called.
    public private(set) var isClosed = false

    /// The error that every write throws, as if the disk were full, or `nil` to accept writes.
    public var failure: JobLogError?

    /// How many bytes of output were written.
    public private(set) var outputBytes: Int64 = 0

    /// Creates an empty log.
    public init() {}

    /// Always `nil`, because the log is not a file.
    public var path: String? { nil }

    /// The length of the output and the notes, in bytes.
    public var logBytes: Int64 { Int64(self.bytes.count) }

    /// The output and the notes as text, with a replacement character for each invalid sequence.
    public var text: String { String(decoding: self.bytes, as: UTF8.self) }

    /// Appends output to the log without changing it.
    public func append(_ output: RawSpan) throws(JobLogError) {
        try self.check()
        output.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
        self.outputBytes += Int64(output.byteCount)
    }

    /// Appends a message of the monitor, which starts on a new line.
    public func note(_ text: String) throws(JobLogError) {
        try self.check()
        let endsLine = self.bytes.last.map { $0 == UInt8(ascii: "\n") } ?? true
        self.bytes += JobLogNote.lines(text, afterWholeLine: endsLine)
    }

    /// Ends the log.
    ///
    /// - Returns: Always `nil`, because a log in memory needs no assembly.
    public func endWriting() -> (@Sendable () throws -> Int64)? {
        self.isClosed = true
        return nil
    }

    private func check() throws(JobLogError) {
        if self.isClosed { throw JobLogError(.closed, path: "(in memory)") }
        if let failure = self.failure { throw failure }
    }
}
