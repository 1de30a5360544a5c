// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// Splits the output of a program into lines, at LF, at CR LF and at CR.
///
/// The result does not depend on how the bytes are divided into chunks. A CR at the end of a chunk
/// therefore waits for the next byte, because ssh ends its lines with CR LF.
struct LineSplitter {
    /// The length in bytes after which the rest of a line is dropped.
    static let longest = 8192

    private var rest: [UInt8] = []
    private var hasReturn = false

    /// Appends the next bytes, and returns the lines that they complete.
    mutating func take(_ bytes: RawSpan) -> [OutputLine] {
        var lines: [OutputLine] = []
        for offset in bytes.byteOffsets {
            if let line = self.take(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) {
                lines.append(line)
            }
        }
        return lines
    }

    /// Returns the last line if it has no line end.
    mutating func finish() -> OutputLine? {
        self.rest.isEmpty && !self.hasReturn ? nil : self.line(isUpdate: self.hasReturn)
    }

    private mutating func take(_ byte: UInt8) -> OutputLine? {
        if byte == UInt8(ascii: "\n") { return self.line(isUpdate: false) }
        let update = self.hasReturn ? self.line(isUpdate: true) : nil
        if byte == UInt8(ascii: "\r") {
            self.hasReturn = true
        } else if self.rest.count < Self.longest {
            self.rest.append(byte)
        }
        return update
    }

    private mutating func line(isUpdate: Bool) -> OutputLine {
        var text = ReadableText.withoutControls(String(decoding: self.rest, as: UTF8.self))
        // Git appends spaces to overwrite the end of a longer line on a terminal.
        while text.last?.isWhitespace == true { text.removeLast() }
        self.rest.removeAll(keepingCapacity: true)
        self.hasReturn = false
        return OutputLine(text: text, isUpdate: isUpdate)
    }
}

/// A line of a program's output.
struct OutputLine: Equatable {
    /// The text without the line end and without white space before it.
    var text: String
    /// Whether the line ends with CR, so that the program will overwrite it.
    var isUpdate = false
}
