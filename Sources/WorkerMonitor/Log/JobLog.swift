// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A log of a job's output in a file of limited length.
///
/// The log keeps the beginning and the end of the output, each up to half of the limit, with a line
/// between them that states how much was cut. Output that exceeds the first half goes to part files
/// in the folder `<path>.parts` until the log is closed. Closing the log, or ``recover(_:)`` after
/// the monitor was killed, appends the newest half to the log and removes the folder.
///
/// - Disk space: the files take up to an eighth more than the limit, plus the notes. During the
///   assembly, they take half a limit more.
/// - Crashes: if the program is killed, nothing that was written is lost. If the machine crashes,
///   recent output may be lost, because the log does not call fsync(2) for each append.
/// - Cost: each append is one lstat(2) and one write(2), or more when the first half or a part
///   becomes full. It blocks as long as the file system does.
/// - Other programs: after another program has truncated the log, later output is appended to the
///   rest of it. After the log was renamed or removed, later output goes to a new file at its path,
///   and missing folders are created again.
///
/// A log is confined to the reactor's thread. The program must ignore SIGXFSZ. Otherwise a limit on
/// file sizes kills the program instead of failing the write.
public final class JobLog: JobLogSink {
    /// The default limit: 64 MiB.
    public static let defaultLimit: Int64 = 64 * 1024 * 1024

    /// The smallest limit: 1 KiB.
    ///
    /// A smaller one is raised to this value.
    public static let leastLimit: Int64 = 1024

    private enum State {
        /// Output goes to the log's own file.
        case firstHalf(JobLogFile)
        /// Output goes to parts. The log's own file stays open, because it holds the lock.
        case newest(JobLogFile, JobLogParts)
        /// A write failed. All later writes throw the same error without a system call.
        case failed(JobLogError)
        /// All files are closed.
        case closed
    }

    /// The path of the log; never `nil`.
    public var path: String? { self.layout.path }

    /// How many bytes of output were written, including bytes that were cut.
    public private(set) var outputBytes: Int64 = 0

    /// The length of the log, in bytes.
    ///
    /// Before the log is closed, the length does not include the line that states how much was cut.
    public var logBytes: Int64 {
        switch self.state {
        case .firstHalf(let file): Self.length(of: file)
        case .newest(let file, let parts): Self.length(of: file) + parts.keptLength
        case .failed, .closed: self.lastLength
        }
    }

    private let layout: JobLogLayout
    private let half: Int64
    private var state: State
    private var endsLine = true
    private var lastLength: Int64 = 0

    /// Creates the file of a log.
    ///
    /// Only its owner may read and write the file (mode 0600), whatever the umask is.
    ///
    /// - Parameters:
    ///   - path: The path of the file, which must not exist yet, because a log belongs to one
    ///     attempt at a job. Its folder must exist.
    ///   - limit: How many bytes of output to keep. Notes and the line that states how much was cut
    ///     do not count.
    public init(path: String, limit: Int64 = JobLog.defaultLimit) throws(JobLogError) {
        self.layout = JobLogLayout(path: path)
        self.half = Swift.max(limit, Self.leastLimit) / 2
        try self.layout.requireNoParts()
        let file = try JobLogFile(path, .create, orThrow: .create)
        guard file.lock() else { throw JobLogError(.inUse, path: path) }
        self.state = .firstHalf(file)
    }

    /// Appends output to the log without changing it.
    ///
    /// After an error the log contains the output that was written before, and every later call
    /// throws the same error.
    public func append(_ output: RawSpan) throws(JobLogError) {
        guard !output.isEmpty else { return }
        switch self.state {
        case .firstHalf(let opened):
            let file = self.follow(opened)
            let room = Int(Swift.min(self.half - self.outputBytes, Int64(output.byteCount)))
            try self.write(output.extracting(first: room), to: file)
            guard room < output.byteCount else { break }
            let parts = try self.beginParts(after: file)
            try self.write(output.extracting(droppingFirst: room), to: parts)
        case .newest(_, let parts):
            try self.write(output, to: parts)
        case .failed(let error):
            throw error
        case .closed:
            throw JobLogError(.closed, path: self.layout.path)
        }
        self.endsLine = output.withUnsafeBytes { $0.last == UInt8(ascii: "\n") }
    }

    /// Appends a message of the monitor, which starts on a new line and is never cut.
    ///
    /// - Parameter text: One or more lines. A line feed is added if the last line has none.
    public func note(_ text: String) throws(JobLogError) {
        if case .firstHalf(let opened) = self.state { _ = self.follow(opened) }
        let lines = JobLogNote.lines(text, afterWholeLine: self.endsLine)
        switch self.state {
        case .firstHalf(let file):
            try self.failingOnce { () throws(JobLogError) in try file.write(lines.span.bytes) }
        case .newest(_, let parts):
            try self.failingOnce { () throws(JobLogError) in try parts.note(lines) }
        case .failed(let error):
            throw error
        case .closed:
            throw JobLogError(.closed, path: self.layout.path)
        }
        self.endsLine = true
    }

    /// Closes the log and assembles it; does nothing if the log is closed already.
    ///
    /// If the output exceeds the first half, this blocks while up to half the limit is copied.
    /// Use ``endWriting()`` to do that on another thread. An error of an earlier write is not
    /// thrown again.
    public func close() throws(JobLogError) {
        switch self.state {
        case .closed: return
        // The log's own file contains everything, so there is nothing to assemble.
        case .firstHalf: self.closeFiles()
        case .newest, .failed:
            self.closeFiles()
            self.lastLength = try Self.recover(self.layout.path)
        }
    }

    /// Closes the log without assembling it.
    ///
    /// - Returns: A function that assembles the log and returns its length. It blocks while up
    ///   to half the limit is copied. If it is not called, a later ``recover(_:)`` has the
    ///   same effect.
    public func endWriting() -> (@Sendable () throws -> Int64)? {
        self.closeFiles()
        return { [path = self.layout.path] in try Self.recover(path) }
    }

    private func closeFiles() {
        self.lastLength = self.logBytes
        switch self.state {
        case .firstHalf(let file):
            file.close()
        case .newest(let file, let parts):
            parts.close()
            // This file is closed last, because it holds the lock.
            file.close()
        case .failed, .closed:
            break
        }
        self.state = .closed
    }

    /// Assembles a log that was not closed, because its monitor was killed.
    ///
    /// The call has no effect on a log that is complete, and may be repeated. It blocks while up to
    /// half the limit is copied, and may run on any thread.
    ///
    /// - Returns: The length of the log, in bytes.
    /// - Throws: An error with the code ``JobLogError/Code/inUse`` if the log is still being
    ///   written. After any other error the parts still exist, and the call may be repeated.
    @discardableResult
    public static func recover(_ path: String) throws(JobLogError) -> Int64 {
        try JobLogAssembly(path).run()
    }

    private func write(_ output: RawSpan, to file: JobLogFile) throws(JobLogError) {
        let before = file.written
        defer { self.outputBytes += file.written - before }
        try self.failingOnce { () throws(JobLogError) in try file.write(output) }
    }

    private func write(_ output: RawSpan, to parts: JobLogParts) throws(JobLogError) {
        defer { self.outputBytes = parts.end }
        try self.failingOnce { () throws(JobLogError) in try parts.append(output) }
    }

    private static func length(of file: JobLogFile) -> Int64 {
        (try? file.length(orThrow: .write)) ?? file.written
    }

    /// Returns the file to write to.
    ///
    /// If another program has renamed, removed or replaced the log, this is the file that is at its
    /// path now, or a new one. A log rotation expects that, and output that went to a removed file
    /// would be lost.
    private func follow(_ file: JobLogFile) -> JobLogFile {
        switch file.place() {
        case .unknown: return file
        case .same(let length):
            if length == 0 { self.endsLine = true }
            return file
        case .left:
            guard let next = JobLogFile.reopen(self.layout.path) else { return file }
            file.close()
            self.state = .firstHalf(next)
            if Self.length(of: next) == 0 { self.endsLine = true }
            return next
        }
    }

    private func beginParts(after file: JobLogFile) throws(JobLogError) -> JobLogParts {
        let parts = try self.failingOnce { () throws(JobLogError) in
            try JobLogParts(self.layout, fileLength: Self.length(of: file), half: self.half)
        }
        self.state = .newest(file, parts)
        return parts
    }

    /// Runs a function that writes.
    ///
    /// If it throws, closes the files and makes the error permanent.
    private func failingOnce<Result>(
        _ body: () throws(JobLogError) -> Result
    ) throws(JobLogError) -> Result {
        do {
            return try body()
        } catch {
            self.closeFiles()
            self.state = .failed(error)
            throw error
        }
    }
}
