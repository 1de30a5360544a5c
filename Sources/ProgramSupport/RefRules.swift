// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The rules for names of refs that a mirror can hold.
///
/// A server may list any bytes as the name of a ref. Git refuses to read or to lock a ref whose
/// name breaks one of these rules, so such a ref would stop every later command in the mirror.
package enum RefRules {
    /// The length of the longest component, so that the name of its lock file, which has `.lock`
    /// appended, is not longer than the 255 bytes that Linux file systems allow.
    package static let longestComponent = 250
    /// The length of the longest name, which leaves room for the path of the mirror in the 4,096
    /// bytes of the longest path.
    package static let longestName = 2048

    /// Returns the reason why a mirror cannot hold a ref of this name, or `nil` if it can.
    ///
    /// The rules are those of git-check-ref-format(1), and the limits of Linux file systems.
    ///
    /// - Parameter bytes: The full name, for example `refs/heads/main`.
    package static func complaint(about bytes: [UInt8]) -> String? {
        if bytes.count > Self.longestName { return "the name is too long" }
        var last: UInt8 = 0
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F { return "the name has a control character" }
            if Self.forbidden.contains(byte) {
                return "git does not allow '\(Character(UnicodeScalar(byte)))' in a name"
            }
            if last == UInt8(ascii: "."), byte == last {
                return "git does not allow '..' in a name"
            }
            if last == UInt8(ascii: "@"), byte == UInt8(ascii: "{") {
                return "git does not allow '@{' in a name"
            }
            last = byte
        }
        if last == UInt8(ascii: ".") { return "git does not allow a '.' at the end of a name" }
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count > 1, parts[0].elementsEqual("refs".utf8) else {
            return "the name does not start with 'refs/'"
        }
        // Every repository has these folders. A ref of this name would exclude all the refs in it.
        if parts.count == 2,
            parts[1].elementsEqual("heads".utf8) || parts[1].elementsEqual("tags".utf8)
        {
            return "every repository has a folder of this name"
        }
        return parts.lazy.compactMap(Self.complaint(aboutComponent:)).first
    }

    private static let forbidden = Array(" ~^:?*[\\".utf8)

    private static func complaint(aboutComponent part: ArraySlice<UInt8>) -> String? {
        if part.isEmpty { return "a part of the name is empty" }
        if part.first == UInt8(ascii: ".") { return "a part of the name starts with '.'" }
        if part.suffix(5).elementsEqual(".lock".utf8) {
            return "a part of the name ends with .lock"
        }
        if part.count > Self.longestComponent {
            return "a part of the name is longer than \(Self.longestComponent) bytes"
        }
        return nil
    }
}
