// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Puts a log together from its file and its parts.
///
/// Killed at any point, it can be run again: until the folder of the parts gets its last name
/// nothing of it is changed, and what was added to the log's file is cut off again first.
struct JobLogAssembly {
    private static let bufferLength = 256 * 1024

    private let layout: JobLogLayout

    /// Prepares for the log at a path.
    init(_ path: String) {
        self.layout = JobLogLayout(path: path)
    }

    /// Does it and gives the length of the log.
    func run() throws(JobLogError) -> Int64 {
        // Whatever has become of the log since: of what is in there it had all.
        self.layout.removeDoneFolder()
        let log = try JobLogFile(self.layout.path, .assemble, failing: .assemble)
        guard log.lock() else { throw JobLogError(.inUse, path: self.layout.path) }
        if let parts = try JobLogPartReader(self.layout) {
            let length = Swift.min(
                parts.header.fileLength,
                try log.length(failing: .assemble)
            )
            try log.truncate(to: length, failing: .assemble)
            do {
                try self.add(parts, to: log, after: length)
            } catch {
                // Room for others, if it was that; the parts still have everything.
                try? log.truncate(to: length, failing: .assemble)
                throw error
            }
        }
        try self.letGoOfParts()
        return try log.length(failing: .assemble)
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

    /// Adds lines of our own, on a line of their own; says that they end a line.
    private func add(
        _ lines: [UInt8],
        to log: JobLogFile,
        afterWholeLine endsLine: Bool
    ) throws(JobLogError) -> Bool {
        let lineFeed = UInt8(ascii: "\n")
        let text = endsLine || lines.first == lineFeed ? lines : [lineFeed] + lines
        try log.write(text.span.bytes, failing: .assemble)
        return lines.last == lineFeed
    }

    /// Adds output; says whether it ends a line.
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
            // The parts are ours alone; one that was shortened meanwhile has lost its end.
            guard count > 0 else { throw JobLogError(.assemble, path: self.layout.folder) }
            try log.write(buffer.span.extracting(first: count).bytes, failing: .assemble)
            last = buffer[count - 1]
            offset += Int64(count)
        }
        return last == UInt8(ascii: "\n")
    }

    private func notes() throws(JobLogError) -> [JobLogNote] {
        guard
            let file = try JobLogFile.ifPresent(self.layout.notes, .read, failing: .assemble)
        else { return [] }
        let length = Int(try file.length(failing: .assemble))
        var bytes = [UInt8](repeating: 0, count: length)
        let count = try file.read(into: &bytes, at: 0, failing: .assemble)
        return JobLogNote.decode([UInt8](bytes.prefix(count)))
    }

    private func endsLine(_ log: JobLogFile, at length: Int64) throws(JobLogError) -> Bool {
        guard length > 0 else { return true }
        var last: [UInt8] = [0]
        _ = try log.read(into: &last, at: length - 1, failing: .assemble)
        return last == [UInt8(ascii: "\n")]
    }

    private func letGoOfParts() throws(JobLogError) {
        if rename(self.layout.folder, self.layout.doneFolder) != 0, errno != ENOENT {
            throw JobLogError(.assemble, path: self.layout.folder, errno: errno)
        }
        self.layout.removeDoneFolder()
    }
}
