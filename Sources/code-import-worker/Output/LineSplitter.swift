// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// Cuts what a program writes into lines, at LF, at CR LF and at CR.
///
/// The lines depend on the bytes alone, not on the pieces in which they come. For that a CR waits
/// for the next byte: ssh ends its lines with CR LF.
struct LineSplitter {
    /// The longest line that is kept, in bytes; the rest of a longer one is dropped.
    static let longest = 8192

    private var rest: [UInt8] = []
    private var hasReturn = false

    /// Takes the next bytes, and gives the lines that they complete.
    mutating func take(_ bytes: RawSpan) -> [OutputLine] {
        var lines: [OutputLine] = []
        for offset in bytes.byteOffsets {
            if let line = self.take(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) {
                lines.append(line)
            }
        }
        return lines
    }

    /// Gives the last line, if it has no end.
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
        // Git wipes what an earlier, longer text has left on a terminal with spaces.
        while text.last?.isWhitespace == true { text.removeLast() }
        self.rest.removeAll(keepingCapacity: true)
        self.hasReturn = false
        return OutputLine(text: text, isUpdate: isUpdate)
    }
}
