// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The paths of a log's files and the length of its parts.
///
/// The first half of a log is in its own file. Later output goes to part files in a folder beside
/// it. Each part holds a quarter of the half. When a part is full, the next one is begun, and from
/// the sixth on each new part replaces the oldest. So four full parts hold the newest half of the
/// output, while the fifth is being filled.
///
/// ```
/// 1.log               the first half of the output, and the notes made until then
/// 1.log.parts/0…4     a header (`JobLogPartHeader`), then output
/// 1.log.parts/notes   the notes made since then (`JobLogNote`), if there are any
/// 1.log.parts/base    where the assembly starts (`JobLogBase`), if another program changed 1.log
/// 1.log.parts-done    the folder of the parts, renamed after the log was assembled from them
/// ```
///
/// The length of a part file says how much output it holds. No index has to be updated for an
/// append, so a monitor that is killed cannot leave the files in contradiction to each other.
struct JobLogLayout {
    /// The largest number of parts.
    static let partCount = 5

    /// The path of the log's own file.
    let path: String

    /// The path of the folder of the parts.
    var folder: String { self.path + ".parts" }

    /// The path to which the folder of the parts is renamed when it is no longer needed.
    ///
    /// The log counts as assembled from the moment of the renaming.
    var doneFolder: String { self.path + ".parts-done" }

    /// The path of the file of notes.
    var notes: String { self.folder + "/notes" }

    /// The path of the file with the length from which the log is assembled.
    var base: String { self.folder + "/base" }

    /// Returns the path of a part.
    func part(_ number: Int) -> String { "\(self.folder)/\(number)" }

    /// Returns how many bytes of output a part holds, so that all parts but one hold half a log.
    static func partLength(half: Int64) -> Int64 {
        (half + Int64(Self.partCount) - 2) / Int64(Self.partCount - 1)
    }

    /// Throws an error if the parts of another log exist, because a later assembly would add them
    /// to this log.
    func requireNoParts() throws(JobLogError) {
        var status = stat()
        if lstat(self.folder, &status) == 0 {
            throw JobLogError(.create, path: self.folder, errno: EEXIST)
        }
    }

    /// Removes the renamed folder and the parts in it, and ignores errors.
    func removeDoneFolder() {
        for number in 0..<Self.partCount { unlink("\(self.doneFolder)/\(number)") }
        for name in ["notes", "base", "base.new"] { unlink("\(self.doneFolder)/\(name)") }
        rmdir(self.doneFolder)
    }
}

/// The line at the start of each part.
///
/// Every header contains the numbers that are needed to assemble the log, so any single part is
/// enough to learn them.
struct JobLogPartHeader: Equatable {
    /// The length of a header, in bytes.
    static let length = 81

    private static let start = "job-log-part 1 "

    /// The length of the log's own file when the first part was begun.
    ///
    /// Bytes after this length come from an assembly that was not completed.
    let fileLength: Int64

    /// The length of each half of the log in bytes of output.
    ///
    /// The log's own file holds the first half, and the assembly adds the newest output, up to the
    /// same length.
    let half: Int64

    /// The offset in the output at which this part starts.
    let offset: Int64

    /// The header as bytes.
    var encoded: [UInt8] {
        let fileLength = JobLogDigits.padded(self.fileLength)
        let half = JobLogDigits.padded(self.half)
        let offset = JobLogDigits.padded(self.offset)
        return [UInt8]("\(Self.start)file=\(fileLength) half=\(half) from=\(offset)\n".utf8)
    }

    init(fileLength: Int64, half: Int64, offset: Int64) {
        self.fileLength = fileLength
        self.half = half
        self.offset = offset
    }

    /// Decodes a header, or returns `nil` if the bytes are not a complete header.
    init?(decoding bytes: [UInt8]) {
        let numbers = JobLogDigits.numbers(in: bytes)
        guard bytes.count == Self.length, bytes.starts(with: Self.start.utf8), numbers.count == 3
        else { return nil }
        self.init(fileLength: numbers[0], half: numbers[1], offset: numbers[2])
    }
}

/// A message of the monitor in a job's log, with its position in the output.
struct JobLogNote: Equatable {
    /// How many bytes of output precede the note.
    let offset: Int64

    /// The lines of the note.
    let text: [UInt8]

    /// The length of the head that precedes the text of each note in the file of notes, in bytes.
    private static let headLength = 48

    /// Returns the bytes to write for a note, which starts on a new line and ends with a line feed.
    ///
    /// - Parameter afterWholeLine: Whether the bytes before the note end with a line feed.
    static func lines(_ text: String, afterWholeLine: Bool) -> [UInt8] {
        let start = afterWholeLine ? "" : "\n"
        let end = text.utf8.last == UInt8(ascii: "\n") ? "" : "\n"
        return [UInt8]((start + text + end).utf8)
    }

    /// The note as bytes for the file of notes.
    var encoded: [UInt8] {
        let length = JobLogDigits.padded(Int64(self.text.count))
        let head = "note at=\(JobLogDigits.padded(self.offset)) bytes=\(length)\n"
        return [UInt8](head.utf8) + self.text
    }

    /// Decodes the file of notes.
    ///
    /// If the monitor was killed while it wrote the last note, the existing part of that note is
    /// returned as a note.
    static func decode(_ bytes: [UInt8]) -> [JobLogNote] {
        var notes: [JobLogNote] = []
        var rest = bytes[...]
        while rest.count > Self.headLength {
            let numbers = JobLogDigits.numbers(in: rest.prefix(Self.headLength))
            guard numbers.count == 2 else { break }
            let text = rest.dropFirst(Self.headLength).prefix(Int(clamping: numbers[1]))
            notes.append(JobLogNote(offset: numbers[0], text: [UInt8](text)))
            rest = rest.dropFirst(Self.headLength + text.count)
        }
        return notes
    }
}

/// The length of the log's own file at the start of the assembly, in a file of its own.
///
/// The file is needed only if the length differs from the one in the headers of the parts, because
/// another program has truncated, replaced or extended the log. A repeated assembly could otherwise
/// not tell the content of the log from the additions of an assembly that was killed.
enum JobLogBase {
    /// Records a length; replaces an earlier record at once.
    static func write(_ length: Int64, _ layout: JobLogLayout) throws(JobLogError) {
        let temporary = layout.base + ".new"
        unlink(temporary)
        let file = try JobLogFile(temporary, .create, orThrow: .assemble)
        try file.write([UInt8]("\(JobLogDigits.padded(length))\n".utf8).span.bytes)
        guard rename(temporary, layout.base) == 0 else {
            throw JobLogError(.assemble, path: layout.base, errno: errno)
        }
    }

    /// Returns the recorded length, or `nil` if there is no complete record.
    static func read(_ layout: JobLogLayout) throws(JobLogError) -> Int64? {
        guard let file = try JobLogFile.ifPresent(layout.base, .read, orThrow: .assemble) else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = try file.read(into: &bytes, at: 0, orThrow: .assemble)
        return JobLogDigits.numbers(in: bytes.prefix(count)).first
    }
}

/// The numbers in the headers of parts and notes.
private enum JobLogDigits {
    /// The number of digits of every number.
    private static let width = 16

    /// Returns a nonnegative number with leading zeros, so that all headers have the same length.
    static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: Swift.max(0, Self.width - digits.count)) + digits
    }

    /// Returns the numbers in a header, in order.
    static func numbers(in bytes: some Sequence<UInt8>) -> [Int64] {
        String(decoding: [UInt8](bytes), as: UTF8.self)
            .split { $0 == " " || $0 == "=" || $0 == "\n" }
            .filter { $0.utf8.count == Self.width }
            .compactMap { Int64($0) }
    }
}
