// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport

/// The writer of a log's parts, which is used once the first half of the log is full.
///
/// `JobLogLayout` describes the files.
final class JobLogParts {
    /// The offset in the output at which the newest part ends.
    private(set) var end: Int64

    /// The length of the notes in the file of notes, in bytes.
    private var noteLength: Int64 = 0

    /// How many bytes the assembled log will have in addition to the log's own file, not counting
    /// the line that states how much was cut.
    var keptLength: Int64 { Swift.min(self.end - self.half, self.half) + self.noteLength }

    private let layout: JobLogLayout
    private let fileLength: Int64
    private let half: Int64
    private let partLength: Int64
    private var part: JobLogFile
    private var number = 0
    private var room: Int64
    private var notes: JobLogFile?
    /// The open folder of the parts.
    ///
    /// Its lock marks the parts as being written. The lock of the log's own file is not enough,
    /// because another program may rename or replace that file.
    private var lockedFolder: JobLogFile

    /// Creates the folder of the parts and the first part.
    ///
    /// - Parameters:
    ///   - fileLength: The length of the log's own file.
    ///   - half: How many bytes of output that file holds.
    init(_ layout: JobLogLayout, fileLength: Int64, half: Int64) throws(JobLogError) {
        self.lockedFolder = try Self.makeFolder(layout)
        self.layout = layout
        self.fileLength = fileLength
        self.half = half
        self.end = half
        self.partLength = JobLogLayout.partLength(half: half)
        self.room = self.partLength
        let header = JobLogPartHeader(fileLength: fileLength, half: half, offset: half)
        self.part = try Self.begin(layout.part(0), header)
    }

    /// Writes output: two system calls, and more for each part that becomes full.
    ///
    /// If another program has removed, replaced or shortened the newest part, the output goes to a
    /// new one. The assembly then treats the output that was lost as cut.
    func append(_ output: RawSpan) throws(JobLogError) {
        var rest = output
        if !self.part.isInPlace(withLength: self.part.written) { try self.beginNextPart() }
        while !rest.isEmpty {
            if self.room == 0 { try self.beginNextPart() }
            let count = Int(Swift.min(self.room, Int64(rest.byteCount)))
            try self.write(rest.extracting(first: count))
            rest = rest.extracting(droppingFirst: count)
        }
    }

    /// Writes a note and its position in the output to the file of notes.
    func note(_ text: [UInt8]) throws(JobLogError) {
        var file = self.notes
        if file?.isInPlace(withLength: 0) != true {
            file?.close()
            try self.restoreFolder()
            file = try JobLogFile(self.layout.notes, .reopen, orThrow: .write)
        }
        self.notes = file
        try file?.write(JobLogNote(offset: self.end, text: text).encoded.span.bytes)
        self.noteLength += Int64(text.count)
    }

    /// Closes the files without removing them.
    ///
    /// If another program has changed the log's own file, its present length is recorded, because
    /// the length in the headers of the parts no longer says where the assembly has to start.
    func close() {
        var status = stat()
        if lstat(self.layout.path, &status) == 0, Int64(status.st_size) != self.fileLength {
            // If this fails, the assembly uses the shorter of the two lengths.
            try? JobLogBase.write(Int64(status.st_size), self.layout)
        }
        self.part.close()
        self.notes?.close()
        self.lockedFolder.close()
    }

    /// Creates the folder of the parts, and locks it.
    private static func makeFolder(_ layout: JobLogLayout) throws(JobLogError) -> JobLogFile {
        try? ProgramSupport.makeFolder(folder(of: layout.path))
        guard mkdir(layout.folder, 0o700) == 0 else {
            throw JobLogError(.write, path: layout.folder, errno: errno)
        }
        // The umask may also have taken away the access of the owner.
        chmod(layout.folder, 0o700)
        let opened = try JobLogFile(layout.folder, .folder, orThrow: .write)
        _ = opened.lock()
        return opened
    }

    /// Creates the folder of the parts again if it was removed or renamed.
    private func restoreFolder() throws(JobLogError) {
        guard !self.lockedFolder.isInPlace(withLength: 0) else { return }
        let restored = try Self.makeFolder(self.layout)
        self.lockedFolder.close()
        self.lockedFolder = restored
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
        try self.restoreFolder()
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
        // The oldest part is removed, not truncated. When a file is truncated and written again,
        // ext4 writes it to the disk as soon as it is closed, which took three times as long.
        unlink(path)
        let part = try JobLogFile(path, .create, orThrow: .write)
        try part.write(header.encoded.span.bytes)
        return part
    }
}

/// A reader of the parts that a writer has left.
struct JobLogPartReader {
    private struct Part {
        let file: JobLogFile
        let header: JobLogPartHeader
        let output: Range<Int64>
    }

    /// The header of the newest part.
    ///
    /// All headers agree on the length of the log's own file and on the half.
    let header: JobLogPartHeader

    /// The range of the output that the parts hold without a gap.
    let available: Range<Int64>

    private let parts: [Part]

    /// Opens the parts and reads their headers, or returns `nil` if no part has a complete header.
    ///
    /// A part has an incomplete header if the writer was killed while it created the part. Such a
    /// part holds no output.
    init?(_ layout: JobLogLayout) throws(JobLogError) {
        var parts: [Part] = []
        for number in 0..<JobLogLayout.partCount {
            if let part = try Self.part(layout.part(number)) { parts.append(part) }
        }
        parts.sort { $0.output.lowerBound < $1.output.lowerBound }
        // Use only the parts after the last gap. Output before a missing part would end up in the
        // wrong position of the log.
        let gap = parts.indices.dropFirst().last {
            parts[$0 - 1].output.upperBound != parts[$0].output.lowerBound
        }
        parts.removeFirst(gap ?? 0)
        guard let first = parts.first, let last = parts.last else { return nil }
        self.header = last.header
        self.available = first.output.lowerBound..<last.output.upperBound
        self.parts = parts
    }

    /// Reads output from an offset, up to the length of the buffer or the end of a part.
    ///
    /// - Returns: The number of bytes, or 0 if no part holds the offset.
    func read(into buffer: inout [UInt8], at offset: Int64) throws(JobLogError) -> Int {
        guard let part = self.parts.first(where: { $0.output.contains(offset) }) else { return 0 }
        let position = offset - part.output.lowerBound + Int64(JobLogPartHeader.length)
        return try part.file.read(into: &buffer, at: position, orThrow: .assemble)
    }

    private static func part(_ path: String) throws(JobLogError) -> Part? {
        guard let file = try JobLogFile.ifPresent(path, .read, orThrow: .assemble) else {
            return nil
        }
        var head = [UInt8](repeating: 0, count: JobLogPartHeader.length)
        let count = try file.read(into: &head, at: 0, orThrow: .assemble)
        guard let header = JobLogPartHeader(decoding: [UInt8](head.prefix(count))) else {
            return nil
        }
        let length = try file.length(orThrow: .assemble) - Int64(JobLogPartHeader.length)
        let output = header.offset..<(header.offset + length)
        return Part(file: file, header: header, output: output)
    }
}
