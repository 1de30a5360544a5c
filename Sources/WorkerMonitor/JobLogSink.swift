// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Where the output of a job goes.
///
/// ``JobLog`` keeps it in a file, ``MemoryJobLog`` in memory.
public protocol JobLogSink: AnyObject {
    /// Where the log can be read; `nil` if it is not in a file.
    var path: String? { get }

    /// How many bytes of output were written, also those that the log no longer holds.
    var outputBytes: Int64 { get }

    /// How long the log is, in bytes; without the line that says how much was cut, until the log is
    /// put together.
    var logBytes: Int64 { get }

    /// Writes a piece of output to the log, as it is.
    func append(_ output: RawSpan) throws(JobLogError)

    /// Writes lines of our own, which start on a line of their own and are never cut.
    ///
    /// - Parameter text: one line or several; a line feed at the end is added if there is none.
    func note(_ text: String) throws(JobLogError)

    /// Ends the log, without waiting for anything: nothing can be written afterwards.
    ///
    /// - Returns: what is left to be done so that it can be read, which may block, on any thread;
    ///   it gives the length of the log. `nil` if nothing is.
    func endWriting() -> (@Sendable () throws -> Int64)?
}
