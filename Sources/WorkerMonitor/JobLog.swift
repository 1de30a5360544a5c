// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The output of a job in a file that does not grow beyond a limit.
///
/// The first and the last half of the limit are kept, with a line between that says how much was
/// cut. A job that stays below the limit just gets its file written. What is longer is kept as
/// ``JobLog/recover(_:)`` finds it until the log is closed: the first half in the file, the newest
/// output in the folder `<path>.parts` beside it. All of that takes an eighth more than the limit
/// at most, plus the notes; while the log is being put together, half a limit more.
///
/// When the program is killed nothing is lost that was written: `recover` puts the log together
/// as `close` would have. This is not promised when the machine stops: nothing is flushed to disk.
///
/// Every append is one write to the file, two where a half or a part is full; it blocks as a write
/// to a file does. Confined to one thread, the reactor's. The program must
/// ignore SIGXFSZ: otherwise a limit on file sizes kills it rather than being an error here.
public final class JobLog: JobLogSink {
    /// How long a log gets unless told otherwise: 64 MiB.
    public static let defaultLimit: Int64 = 64 * 1024 * 1024

    /// The least limit; a smaller one is taken for this: 1 KiB.
    public static let leastLimit: Int64 = 1024

    private enum State {
        /// Output goes to the log's own file.
        case firstHalf(JobLogFile)
        /// Output goes to parts. The log's own file stays open for its lock.
        case newest(JobLogFile, JobLogParts)
        /// A write failed; every other one fails in the same way, without being tried.
        case failed(JobLogError)
        /// Nothing is open any more.
        case closed
    }

    /// Where the log is.
    public var path: String? { self.layout.path }

    /// All the output that was written, in bytes.
    public private(set) var outputBytes: Int64 = 0

    /// How long the log is, in bytes: exact once it is closed, before that without the line that
    /// says how much was cut.
    public var logBytes: Int64 {
        switch self.state {
        case .firstHalf(let file): file.written
        case .newest(let file, let parts): file.written + parts.keptLength
        case .failed, .closed: self.lastLength
        }
    }

    private let layout: JobLogLayout
    private let half: Int64
    private var state: State
    private var endsLine = true
    private var lastLength: Int64 = 0

    /// Makes an empty log.
    ///
    /// - Parameters:
    ///   - path: where; nothing must be there yet, since a log names one attempt at a job. The
    ///     folder must exist. The file can be read by its owner and group (0640, less the umask).
    ///   - limit: how many bytes of output to keep, notes and the line on the cut not counted.
    public init(path: String, limit: Int64 = JobLog.defaultLimit) throws(JobLogError) {
        self.layout = JobLogLayout(path: path)
        self.half = Swift.max(limit, Self.leastLimit) / 2
        try self.layout.requireNoParts()
        let file = try JobLogFile(path, .create, failing: .create)
        guard file.lock() else { throw JobLogError(.inUse, path: path) }
        self.state = .firstHalf(file)
    }

    /// Writes a piece of output to the log, as it is.
    ///
    /// After an error the log holds what was written before; every later call throws the same
    /// error at once.
    public func append(_ output: RawSpan) throws(JobLogError) {
        guard !output.isEmpty else { return }
        switch self.state {
        case .firstHalf(let file):
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

    /// Writes lines of our own, which start on a line of their own and are never cut.
    ///
    /// - Parameter text: one line or several; a line feed at the end is added if there is none.
    public func note(_ text: String) throws(JobLogError) {
        let lines = JobLogNote.lines(text, afterWholeLine: self.endsLine)
        switch self.state {
        case .firstHalf(let file):
            try self.stopping { () throws(JobLogError) in try file.write(lines.span.bytes) }
        case .newest(_, let parts):
            try self.stopping { () throws(JobLogError) in try parts.note(lines) }
        case .failed(let error):
            throw error
        case .closed:
            throw JobLogError(.closed, path: self.layout.path)
        }
        self.endsLine = true
    }

    /// Ends the log and puts it together; again does nothing.
    ///
    /// For a log beyond its limit this copies half the limit, in one go; ``endWriting()`` leaves
    /// that to another thread. An error of an earlier write is not thrown again.
    public func close() throws(JobLogError) {
        switch self.state {
        case .closed: return
        // All is in the log's own file: nothing has to be put together.
        case .firstHalf: self.closeFiles()
        case .newest, .failed:
            self.closeFiles()
            self.lastLength = try Self.recover(self.layout.path)
        }
    }

    /// Ends the log and leaves it to be put together by what this returns, which may take as long
    /// as copying half the limit, or by a later ``recover(_:)``.
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
            // Last, since it holds the lock.
            file.close()
        case .failed, .closed:
            break
        }
        self.state = .closed
    }

    /// Puts a log together whose writer is gone, from what there is of it.
    ///
    /// To be called for the log of a monitor that was killed; harmless for any other, and again.
    /// It blocks for as long as it takes to copy half a log, and may run on any thread.
    ///
    /// - Returns: how long the log is now, in bytes.
    /// - Throws: ``JobLogError/Code/inUse`` if the log is being written. After any other error the
    ///   parts are still there and it can be tried again.
    @discardableResult
    public static func recover(_ path: String) throws(JobLogError) -> Int64 {
        try JobLogAssembly(path).run()
    }

    private func write(_ output: RawSpan, to file: JobLogFile) throws(JobLogError) {
        let before = file.written
        defer { self.outputBytes += file.written - before }
        try self.stopping { () throws(JobLogError) in try file.write(output) }
    }

    private func write(_ output: RawSpan, to parts: JobLogParts) throws(JobLogError) {
        defer { self.outputBytes = parts.end }
        try self.stopping { () throws(JobLogError) in try parts.append(output) }
    }

    private func beginParts(after file: JobLogFile) throws(JobLogError) -> JobLogParts {
        let parts = try self.stopping { () throws(JobLogError) in
            try JobLogParts(self.layout, fileLength: file.written, half: self.half)
        }
        self.state = .newest(file, parts)
        return parts
    }

    /// Does what writes, and closes the files if that fails.
    private func stopping<Result>(
        on body: () throws(JobLogError) -> Result
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
