// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A log that receives the output of one job.
///
/// ``JobLog`` writes to a file, and ``MemoryJobLog`` keeps everything in memory. A sink is confined
/// to the reactor's thread.
public protocol JobLogSink: AnyObject {
    /// The path of the log, or `nil` if the log is not a file.
    var path: String? { get }

    /// How many bytes of output were written, including bytes that the log no longer contains.
    var outputBytes: Int64 { get }

    /// The length of the log, in bytes.
    ///
    /// If output was cut, the length does not include the line that states how much, until the log
    /// is assembled.
    var logBytes: Int64 { get }

    /// Appends output to the log without changing it.
    func append(_ output: RawSpan) throws(JobLogError)

    /// Appends a message of the monitor, which starts on a new line and is never cut.
    ///
    /// - Parameter text: One or more lines. A line feed is added if the last line has none.
    func note(_ text: String) throws(JobLogError)

    /// Ends the log without blocking. Nothing can be appended afterwards.
    ///
    /// - Returns: A function that assembles the log and returns its length, or `nil` if the log
    ///   needs no assembly. The function may block, and may be called on any thread.
    func endWriting() -> (@Sendable () throws -> Int64)?
}
