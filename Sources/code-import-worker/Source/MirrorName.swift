// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Derives a readable and unique name for the mirror of a source.
enum MirrorName {
    private static let longest = 60
    /// The number of digits of the hash.
    private static let digits = 12

    /// Returns the name of the mirror, for example `apple-swift-log-09f3b1c2a4d5`
    /// for `https://example.org/apple/swift-log.git`.
    ///
    /// - Parameter identity: The address in the spelling of `RepositoryIdentity`.
    static func of(_ identity: String) -> String {
        let address = identity[...]
        let hash = String(Self.hash(address), radix: 16)
        let digits = String(repeating: "0", count: 16 - hash.count) + hash
        return "\(Self.readable(address))-\(digits.suffix(Self.digits))"
    }

    /// Returns whether a name could be that of a mirror whose address has another spelling.
    static func isSimilar(_ name: String, to identity: String) -> Bool {
        let start = Self.readable(identity[...]).lowercased() + "-"
        return name.lowercased().hasPrefix(start)
            && name.utf8.count == start.utf8.count + Self.digits
    }

    /// Returns the last two parts of the path without `.git`, or the host if there is no path.
    private static func readable(_ address: Substring) -> String {
        var parts = self.path(of: address).split(separator: "/")
        if parts.count > 1, parts.last == ".git" { parts.removeLast() }
        if parts.isEmpty { parts = [address.prefix { !"?#".contains($0) }] }
        var name = parts.suffix(2).joined(separator: "-")
        if name.hasSuffix(".git") { name.removeLast(4) }
        let safe = String(name.map { Self.isSafe($0) ? $0 : "-" })
        let trimmed = safe.drop { $0 == "-" || $0 == "." }.prefix(Self.longest)
        return trimmed.isEmpty ? "repository" : String(trimmed)
    }

    /// Returns the part of the address after the host.
    private static func path(of address: Substring) -> Substring {
        guard !address.hasPrefix("/") else { return address }
        if let scheme = address.firstRange(of: "://") {
            // The query is omitted because it may contain a token.
            return address[scheme.upperBound...].drop { $0 != "/" }.prefix { !"?#".contains($0) }
        }
        return address.drop { $0 != ":" }.dropFirst()
    }

    private static func isSafe(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }

    // 64-bit FNV-1a gives the same value in every run and version, unlike Hasher. An attacker who
    // finds two URLs with the same name gains nothing, because a mirror records its source and the
    // worker checks it.
    private static func hash(_ text: Substring) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
