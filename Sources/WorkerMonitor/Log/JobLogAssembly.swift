// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Assembles a log from its file and its parts.
///
/// The assembly may be repeated after it was killed at any point. It does not change the parts, and
/// a repeated assembly first removes what the earlier one has added to the log's file. The folder
/// of the parts is renamed as the last step, and only then removed.
struct JobLogAssembly {
    private static let bufferLength = 256 * 1024

    private let layout: JobLogLayout

    /// Prepares the assembly of the log at `path`.
    init(_ path: String) {
        self.layout = JobLogLayout(path: path)
    }

    /// Assembles the log and returns its length, in bytes.
    func run() throws(JobLogError) -> Int64 {
        // A renamed folder belongs to an assembly that was killed while it removed the parts. The
        // log's file already contains everything that was in them.
        self.layout.removeDoneFolder()
        let folder = try JobLogFile.ifPresent(self.layout.folder, .folder, orThrow: .assemble)
        guard folder?.lock() != false else {
            throw JobLogError(.inUse, path: self.layout.path)
        }
        let log = try self.openLog(createsMissing: folder != nil)
        guard log.lock() else { throw JobLogError(.inUse, path: self.layout.path) }
        if let parts = try JobLogPartReader(self.layout) {
            let length = try self.start(in: log, parts.header)
            try log.truncate(to: length, orThrow: .assemble)
            do {
                try self.add(parts, to: log, after: length)
            } catch {
                // If the disk is full, this makes room for other files. The parts still
                // contain everything.
                try? log.truncate(to: length, orThrow: .assemble)
                throw error
            }
        }
        try self.removeParts()
        return try log.length(orThrow: .assemble)
    }

    /// Opens the log's own file, which another program may have renamed or removed.
    private func openLog(createsMissing: Bool) throws(JobLogError) -> JobLogFile {
        let path = self.layout.path
        if let log = try JobLogFile.ifPresent(path, .assemble, orThrow: .assemble) { return log }
        guard createsMissing else { throw JobLogError(.removed, path: path, errno: ENOENT) }
        try JobLogFile(path, .create, orThrow: .assemble).close()
        return try JobLogFile(path, .assemble, orThrow: .assemble)
    }

    /// Returns the length of the log without the additions of an assembly that was killed.
    private func start(
        in log: JobLogFile,
        _ header: JobLogPartHeader
    ) throws(JobLogError) -> Int64 {
        let length = try log.length(orThrow: .assemble)
        if let base = try JobLogBase.read(self.layout) { return Swift.min(base, length) }
        // Another program has truncated or replaced the file. Without a record, the next attempt
        // would take the additions of this one for content, up to the length in the header.
        if length < header.fileLength { try JobLogBase.write(length, self.layout) }
        return Swift.min(header.fileLength, length)
    }

    private func add(
        _ parts: JobLogPartReader,
        to log: JobLogFile,
        after length: Int64
    ) throws(JobLogError) {
        let plan = JobLogPlan(
            available: parts.available,
            half: parts.header.half,
            notes: try self.notes()
        )
        var endsLine = try self.endsLine(log, at: length)
        for step in plan.steps {
            switch step {
            case .note(let note):
                endsLine = try self.add(note.text, to: log, afterWholeLine: endsLine)
            case .cut(let bytes):
                let line = [UInt8](JobLogCut.line(bytes: bytes).utf8)
                endsLine = try self.add(line, to: log, afterWholeLine: endsLine)
            case .output(let range):
                endsLine = try self.copy(range, from: parts, to: log)
            }
        }
    }

    /// Appends lines that start on a new line, and returns whether they end with a line feed.
    private func add(
        _ lines: [UInt8],
        to log: JobLogFile,
        afterWholeLine endsLine: Bool
    ) throws(JobLogError) -> Bool {
        let lineFeed = UInt8(ascii: "\n")
        let text = endsLine || lines.first == lineFeed ? lines : [lineFeed] + lines
        try log.write(text.span.bytes, orThrow: .assemble)
        return lines.last == lineFeed
    }

    /// Appends a range of the output, and returns whether it ends with a line feed.
    private func copy(
        _ range: Range<Int64>,
        from parts: JobLogPartReader,
        to log: JobLogFile
    ) throws(JobLogError) -> Bool {
        var buffer = [UInt8](repeating: 0, count: Self.bufferLength)
        var offset = range.lowerBound
        var last: UInt8 = 0
        while offset < range.upperBound {
            let read = try parts.read(into: &buffer, at: offset)
            let count = Int(Swift.min(Int64(read), range.upperBound - offset))
            // The range was computed from the lengths of the files. A count of 0 means that another
            // program has shortened a part since then.
            guard count > 0 else { throw JobLogError(.assemble, path: self.layout.folder) }
            try log.write(buffer.span.extracting(first: count).bytes, orThrow: .assemble)
            last = buffer[count - 1]
            offset += Int64(count)
        }
        return last == UInt8(ascii: "\n")
    }

    private func notes() throws(JobLogError) -> [JobLogNote] {
        guard
            let file = try JobLogFile.ifPresent(self.layout.notes, .read, orThrow: .assemble)
        else { return [] }
        let length = Int(try file.length(orThrow: .assemble))
        var bytes = [UInt8](repeating: 0, count: length)
        let count = try file.read(into: &bytes, at: 0, orThrow: .assemble)
        return JobLogNote.decode([UInt8](bytes.prefix(count)))
    }

    private func endsLine(_ log: JobLogFile, at length: Int64) throws(JobLogError) -> Bool {
        guard length > 0 else { return true }
        var last: [UInt8] = [0]
        _ = try log.read(into: &last, at: length - 1, orThrow: .assemble)
        return last == [UInt8(ascii: "\n")]
    }

    private func removeParts() throws(JobLogError) {
        if rename(self.layout.folder, self.layout.doneFolder) != 0, errno != ENOENT {
            throw JobLogError(.assemble, path: self.layout.folder, errno: errno)
        }
        self.layout.removeDoneFolder()
    }
}

/// The steps that add the second half of a log to its first half.
struct JobLogPlan: Equatable {
    /// One addition to the log.
    enum Step: Equatable {
        /// Adds a note.
        case note(JobLogNote)
        /// Adds the line that states how many bytes were cut.
        case cut(Int64)
        /// Adds the output between two offsets.
        case output(Range<Int64>)
    }

    /// The additions in order.
    let steps: [Step]

    /// Plans the second half of the log: the newest output, and all notes.
    ///
    /// The output between the two halves is cut. Notes that were made in it precede the line that
    /// states how many bytes were cut.
    ///
    /// - Parameters:
    ///   - available: The range of the output that the part files hold.
    ///   - half: The length of each half of the log in bytes of output. The first half is already
    ///     in the log's file.
    ///   - notes: The notes, in the order in which they were made.
    init(available: Range<Int64>, half: Int64, notes: [JobLogNote]) {
        let start = Swift.max(available.lowerBound, available.upperBound - half)
        var steps = notes.filter { $0.offset < start }.map(Step.note)
        if start > half { steps.append(.cut(start - half)) }
        var reached = start
        for note in notes where note.offset >= start {
            let position = Swift.min(note.offset, available.upperBound)
            if position > reached { steps.append(.output(reached..<position)) }
            steps.append(.note(note))
            reached = Swift.max(reached, position)
        }
        if reached < available.upperBound { steps.append(.output(reached..<available.upperBound)) }
        self.steps = steps
    }
}

/// The line that states how much output is missing in the middle of a log.
enum JobLogCut {
    private static let units = ["KiB", "MiB", "GiB", "TiB"]

    /// Returns the line, for example `[... 1.2 GiB (1,234,567,890 bytes) cut ...]`.
    static func line(bytes: Int64) -> String {
        let exact = "\(Self.grouped(bytes)) \(bytes == 1 ? "byte" : "bytes")"
        let size = bytes < 1024 ? exact : "\(Self.rounded(bytes)) (\(exact))"
        return "[... \(size) cut ...]\n"
    }

    /// Returns a number with a comma between groups of three digits.
    private static func grouped(_ number: Int64) -> String {
        var text = ""
        let digits = String(number)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Returns a size of at least 1 KiB with one decimal, in the largest unit in which it is at
    /// least 1.
    private static func rounded(_ bytes: Int64) -> String {
        var unit = 0
        var divisor: Int64 = 1024
        while bytes / divisor >= 1024, unit + 1 < Self.units.count {
            divisor *= 1024
            unit += 1
        }
        let tenths = bytes % divisor * 10 / divisor
        return "\(bytes / divisor).\(tenths) \(Self.units[unit])"
    }
}
