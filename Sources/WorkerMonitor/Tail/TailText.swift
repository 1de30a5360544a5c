// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Converts raw output to text that can be displayed and sent anywhere.
///
/// The output is interpreted as by a terminal with a single line, so the text of a progress bar is
/// its last state:
///
/// - The output is UTF-8. Each invalid sequence becomes U+FFFD, as do U+FFFE and U+FFFF, which XML
///   does not allow.
/// - LF ends the line, and also any incomplete escape sequence in it.
/// - CR moves to the start of the line, and backspace moves one column to the left. The following
///   text overwrites the line, and the rest of a longer line remains. `CSI K` erases, and `CSI G`
///   moves within the line.
/// - All other escape sequences are removed: CSI, charset selection, OSC and the other control
///   strings, up to a length of `TailTextParser.sequenceLimit` scalars.
/// - TAB remains. All other control characters are removed, and so are line separators, marks that
///   change the direction of text, other invisible format characters, unassigned characters, and
///   combining marks after the eighth on one character. U+0080 to U+009F are removed one by one
///   and do not start a sequence, because in UTF-8 output they are mostly damaged quotation marks.
///
/// Every scalar counts as one column. Text that overwrites text of another display width can
/// therefore leave a little too much or too little. Movements to other lines are ignored.
enum TailText {
    /// Returns the text of some output.
    ///
    /// - Parameters:
    ///   - bytes: The raw output.
    ///   - startIsCut: Whether these bytes start in the middle of a line. If so, bytes at the start
    ///     that may be the rest of a character or of an escape sequence are removed. This can
    ///     remove a few characters of a line whose start is missing anyway.
    ///   - limit: The maximum length of the text, in bytes of UTF-8. The oldest part is removed.
    static func derive(from bytes: ArraySlice<UInt8>, startIsCut: Bool, limit: Int) -> String {
        // Most output consists of plain lines, which need no parser.
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

    /// Returns whether a byte is a printable ASCII character, a TAB or an LF.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7F).contains(byte) || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
    }

    /// Returns the last bytes of a text, starting at the boundary of a scalar.
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

/// Finds incomplete characters and escape sequences at the start and the end of output.
enum TailTextEdges {
    /// The maximum length of the rest of a control sequence, in bytes.
    ///
    /// A sequence with two colors takes about 40.
    private static let controlLimit = 128

    /// Returns the index at which complete output starts, for bytes that start in the middle of
    /// a line.
    ///
    /// The preceding bytes are unknown. Everything that may be the rest of a character or sequence
    /// is therefore excluded: continuation bytes, the rest of a control sequence, and the bytes up
    /// to the end of a control string (BEL or ESC \) that has no start.
    static func startAfterCut(_ bytes: ArraySlice<UInt8>) -> Int {
        let character = bytes.prefix(3).prefix(while: UTF8.isContinuation).endIndex
        let start = character > bytes.startIndex ? character : Self.endOfControl(bytes)
        return Self.endOfString(bytes[start...]) ?? start
    }

    /// Returns the index at which the last complete character ends.
    ///
    /// At most three bytes of an incomplete character follow.
    static func endOfWholeCharacters(_ bytes: ArraySlice<UInt8>) -> Int {
        let continuations = bytes.suffix(3).reversed().prefix(while: UTF8.isContinuation).count
        let lead = bytes.endIndex - continuations - 1
        guard lead >= bytes.startIndex, Self.length(lead: bytes[lead]) > continuations + 1 else {
            return bytes.endIndex
        }
        return lead
    }

    /// Returns how many bytes a character has that starts with this byte, or 1 if no
    /// character does.
    private static func length(lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// Returns the index at which the rest of a control or charset sequence would end.
    private static func endOfControl(_ bytes: ArraySlice<UInt8>) -> Int {
        let isCutAfterEscape = bytes.first == UInt8(ascii: "[")
        let parameters = bytes.dropFirst(isCutAfterEscape ? 1 : 0)
        let final = parameters.prefix(Self.controlLimit)
            .prefix { (0x20...0x3F).contains($0) }.endIndex
        if final == bytes.endIndex { return final }
        return (0x40...0x7E).contains(bytes[final]) ? final + 1 : bytes.startIndex
    }

    /// Returns the index at which a control string ends whose start was cut off, or `nil` if the
    /// bytes do not begin in the middle of a control string.
    private static func endOfString(_ bytes: ArraySlice<UInt8>) -> Int? {
        let ends: [UInt8] = [0x07, 0x0A, 0x18, 0x1A, 0x1B]
        let searched = bytes.prefix(TailTextParser.sequenceLimit)
        guard let end = searched.firstIndex(where: ends.contains) else { return nil }
        switch bytes[end] {
        case 0x07:
            return end + 1
        case 0x1B where end + 1 < bytes.endIndex && bytes[end + 1] == UInt8(ascii: "\\"):
            return end + 2
        default:
            return nil
        }
    }
}
