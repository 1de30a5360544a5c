// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Finds what is whole in output that was cut anywhere.
enum TailTextEdges {
    /// How long the rest of a control sequence can be, in bytes; two colours take about 40.
    private static let controlLimit = 128

    /// Gives where whole output starts, if the bytes follow others in the same line.
    ///
    /// What came before is not known, so everything goes that may be the rest of something:
    /// continuation bytes, the rest of a control sequence, and what stands before the end of a
    /// string (BEL or ESC \) that has no start.
    static func startAfterCut(_ bytes: ArraySlice<UInt8>) -> Int {
        let character = bytes.prefix(3).prefix(while: UTF8.isContinuation).endIndex
        let start = character > bytes.startIndex ? character : Self.endOfControl(bytes)
        return Self.endOfString(bytes[start...]) ?? start
    }

    /// Gives where the last complete character ends; at most three bytes of one that has only
    /// begun are left after that.
    static func endOfWholeCharacters(_ bytes: ArraySlice<UInt8>) -> Int {
        let continuations = bytes.suffix(3).reversed().prefix(while: UTF8.isContinuation).count
        let lead = bytes.endIndex - continuations - 1
        guard lead >= bytes.startIndex, Self.length(lead: bytes[lead]) > continuations + 1 else {
            return bytes.endIndex
        }
        return lead
    }

    /// Gives how many bytes a character has that starts with this one; 1 if none does.
    private static func length(lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// Gives where the rest of a control or charset sequence would end.
    private static func endOfControl(_ bytes: ArraySlice<UInt8>) -> Int {
        let isCutAfterEscape = bytes.first == UInt8(ascii: "[")
        let parameters = bytes.dropFirst(isCutAfterEscape ? 1 : 0)
        let final = parameters.prefix(Self.controlLimit)
            .prefix { (0x20...0x3F).contains($0) }.endIndex
        if final == bytes.endIndex { return final }
        return (0x40...0x7E).contains(bytes[final]) ? final + 1 : bytes.startIndex
    }

    /// Gives where a string ends whose start was cut off, if the bytes begin with one.
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
