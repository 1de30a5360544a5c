// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Lines of our own in a job's log, and where in the output they belong.
struct JobLogNote: Equatable {
    /// How much output came before the note, in bytes.
    let offset: Int64

    /// The note's lines.
    let text: [UInt8]

    /// The length of what stands before the text of a note in the file of notes.
    private static let headLength = 48

    /// Gives what to write for a note.
    ///
    /// - Parameter afterWholeLine: whether what stands before it ends with a line feed.
    static func lines(_ text: String, afterWholeLine: Bool) -> [UInt8] {
        let start = afterWholeLine ? "" : "\n"
        let end = text.utf8.last == UInt8(ascii: "\n") ? "" : "\n"
        return [UInt8]((start + text + end).utf8)
    }

    /// The note as it is kept in the file of notes.
    var encoded: [UInt8] {
        let length = JobLogDigits.padded(Int64(self.text.count))
        let head = "note at=\(JobLogDigits.padded(self.offset)) bytes=\(length)\n"
        return [UInt8](head.utf8) + self.text
    }

    /// Reads a file of notes; what a crash left of the last one is a note too.
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
