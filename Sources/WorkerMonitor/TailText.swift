// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Makes text that can be shown and sent anywhere out of raw output.
///
/// The output is read as a terminal one line high would read it, so that a progress bar comes
/// out as its last state:
///
/// - UTF-8; what is not valid becomes U+FFFD, and so do U+FFFE and U+FFFF, which XML refuses.
/// - LF ends a line, and any escape sequence that a program left unfinished in it.
/// - CR moves to the line's start and backspace one to the left; what comes next overwrites,
///   and the rest of a longer line stays. `CSI K` erases and `CSI G` moves within the line.
/// - Every other escape sequence does nothing and leaves nothing: CSI, charset selection, and
///   OSC and the other strings, up to `TailTextParser.sequenceLimit` scalars long.
/// - TAB stays; every other control character goes. U+0080 to U+009F go one by one and start
///   no sequence: in UTF-8 output they are broken quotation marks far more often.
///
/// Not done: every scalar counts as one column, so text overwritten by text of another width
/// can keep a piece too much or too little; movements to other lines are left out.
enum TailText {
    /// Derives the text.
    ///
    /// - Parameters:
    ///   - bytes: the raw output.
    ///   - startIsCut: whether output stood before these bytes in the same line. What may be the
    ///     rest of a character or of an escape sequence is then left out at the start, which
    ///     can cost a few characters of a line that has lost its start anyway.
    ///   - limit: the most bytes of UTF-8 to return; the oldest are left out.
    static func derive(from bytes: ArraySlice<UInt8>, startIsCut: Bool, limit: Int) -> String {
        // Most output is plain lines, which show as they are.
        if !startIsCut, bytes.allSatisfy(Self.isPlain) {
            return String(decoding: bytes.suffix(limit), as: UTF8.self)
        }
        let start = startIsCut ? TailTextEdges.startAfterCut(bytes) : bytes.startIndex
        let end = TailTextEdges.endOfWholeCharacters(bytes[start...])
        var parser = TailTextParser()
        for scalar in String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars {
            parser.read(scalar)
        }
        return Self.newest(limit, of: parser.text)
    }

    /// Whether a byte is a printable character of ASCII, a TAB or an LF.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7F).contains(byte) || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
    }

    /// Cuts a text down to its last bytes, at the edge of a scalar.
    private static func newest(_ limit: Int, of text: String) -> String {
        let bytes = text.utf8
        guard bytes.count > limit else { return text }
        var start = bytes.index(bytes.endIndex, offsetBy: -limit)
        while start < bytes.endIndex, UTF8.isContinuation(bytes[start]) {
            start = bytes.index(after: start)
        }
        return String(text[start...])
    }
}
