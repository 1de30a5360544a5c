// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The newest output of a log whose first half is full, in the form of ``JobLogLayout``.
final class JobLogParts {
    /// How much output there was, from the log's beginning.
    private(set) var end: Int64

    /// How long the notes are that were made.
    private var noteLength: Int64 = 0

    /// How much the log will be longer than its own file, without the line on the cut.
    var keptLength: Int64 { Swift.min(self.end - self.half, self.half) + self.noteLength }

    private let layout: JobLogLayout
    private let fileLength: Int64
    private let half: Int64
    private let partLength: Int64
    private var part: JobLogFile
    private var number = 0
    private var room: Int64
    private var notes: JobLogFile?

    /// Begins the first part.
    ///
    /// - Parameters:
    ///   - fileLength: how long the log's own file is.
    ///   - half: how much of that is output.
    init(_ layout: JobLogLayout, fileLength: Int64, half: Int64) throws(JobLogError) {
        guard mkdir(layout.folder, 0o750) == 0 else {
            throw JobLogError(.write, path: layout.folder, errno: errno)
        }
        self.layout = layout
        self.fileLength = fileLength
        self.half = half
        self.end = half
        self.partLength = JobLogLayout.partLength(half: half)
        self.room = self.partLength
        let header = JobLogPartHeader(fileLength: fileLength, half: half, offset: half)
        self.part = try Self.begin(layout.part(0), header)
    }

    /// Writes output: one write, and one more for each part that it fills.
    func append(_ output: RawSpan) throws(JobLogError) {
        var rest = output
        while !rest.isEmpty {
            if self.room == 0 { try self.beginNextPart() }
            let count = Int(Swift.min(self.room, Int64(rest.byteCount)))
            try self.write(rest.extracting(first: count))
            rest = rest.extracting(droppingFirst: count)
        }
    }

    /// Keeps a note for the place in the output where it was made.
    func note(_ text: [UInt8]) throws(JobLogError) {
        let file =
            if let notes = self.notes {
                notes
            } else {
                try JobLogFile(self.layout.notes, .create, failing: .write)
            }
        self.notes = file
        try file.write(JobLogNote(offset: self.end, text: text).encoded.span.bytes)
        self.noteLength += Int64(text.count)
    }

    /// Closes the files and leaves them where they are.
    func close() {
        self.part.close()
        self.notes?.close()
    }

    private func write(_ output: RawSpan) throws(JobLogError) {
        let before = self.part.written
        defer {
            self.end += self.part.written - before
            self.room -= self.part.written - before
        }
        try self.part.write(output)
    }

    private func beginNextPart() throws(JobLogError) {
        self.part.close()
        self.number = (self.number + 1) % JobLogLayout.partCount
        let header = JobLogPartHeader(
            fileLength: self.fileLength,
            half: self.half,
            offset: self.end
        )
        self.part = try Self.begin(self.layout.part(self.number), header)
        self.room = self.partLength
    }

    private static func begin(
        _ path: String,
        _ header: JobLogPartHeader
    ) throws(JobLogError) -> JobLogFile {
        // The oldest part makes room. It is not truncated: ext4 writes a file that was truncated
        // and written again to the disk when it is closed, which took three times as long.
        unlink(path)
        let part = try JobLogFile(path, .create, failing: .write)
        try part.write(header.encoded.span.bytes)
        return part
    }
}
