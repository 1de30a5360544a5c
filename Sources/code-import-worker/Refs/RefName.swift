// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The name of a ref: a string of bytes without an encoding, as in git.
///
/// Two Swift strings are equal if they differ only in their Unicode normalization, and a string
/// repairs bytes that are not valid UTF-8. Two refs could therefore have one key, and the changes
/// of one of them would go unnoticed. Names are compared and sorted by their bytes, as git does.
struct RefName: Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    let bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    init(stringLiteral text: String) {
        self.init(text.utf8)
    }

    static let head: RefName = "HEAD"

    /// The name as text, or `nil` if it is not valid UTF-8.
    var text: String? { String(validating: self.bytes, as: UTF8.self) }

    /// The name for display.
    ///
    /// Each byte outside of ASCII is written as `\xNN` if the name is not valid UTF-8.
    var description: String { self.text ?? self.bytes.map(Self.escaped).joined() }

    static func < (first: RefName, second: RefName) -> Bool {
        first.bytes.lexicographicallyPrecedes(second.bytes)
    }

    private static func escaped(_ byte: UInt8) -> String {
        if byte < 0x80 { return String(UnicodeScalar(byte)) }
        return "\\x" + String(byte, radix: 16, uppercase: true)
    }
}
