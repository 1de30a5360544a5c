// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Hides in URLs what may be a password or a token.
package enum URLMask {
    /// What may stand between the end of a URL and the next space.
    private static let punctuation: Set<Character> = [
        "'", "\"", "/", ":", ".", ",", ";", ")", "]", ">",
    ]

    /// The text with `***` for the log-in of each URL in it, and for each value of a query.
    ///
    /// With ssh a user alone is no secret; elsewhere it may be a token. Of a query the names stay,
    /// which say what was hidden.
    package static func masked(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "://") {
            let scheme = rest[..<mark.lowerBound]
            let after = rest[mark.upperBound...]
            let authority = after.prefix { !"/?#".contains($0) && !$0.isWhitespace }
            result += "\(scheme)://\(Self.masked(authority, isSSH: scheme.hasSuffix("ssh")))"
            rest = after[authority.endIndex...]
            if let query = Self.query(of: rest) {
                result += "\(rest[..<query.startIndex])\(Self.maskedQuery(query))"
                rest = rest[query.endIndex...]
            }
        }
        return result + rest
    }

    /// Returns a repository's address with its secrets masked, also if it has the form
    /// `user:password@host:path`.
    package static func masked(address: String) -> String {
        let login = address.prefix { !"@/".contains($0) }
        let isPlain = address.contains("://") || !address[login.endIndex...].hasPrefix("@")
        guard !isPlain, let colon = login.firstIndex(of: ":") else { return Self.masked(address) }
        return "\(login[..<colon]):***\(address[login.endIndex...])"
    }

    private static func masked(_ authority: Substring, isSSH: Bool) -> String {
        guard let at = authority.lastIndex(of: "@") else { return String(authority) }
        let login = authority[..<at]
        guard isSSH else { return "***\(authority[at...])" }
        guard let colon = login.firstIndex(of: ":") else { return String(authority) }
        return "\(login[..<colon]):***\(authority[at...])"
    }

    /// From the question mark to the next space, if there is one before the next URL. (A URL in the
    /// query of another goes with the value that it is in.)
    private static func query(of text: Substring) -> Substring? {
        var mark = text.startIndex
        while mark < text.endIndex, text[mark] != "?" {
            // No further: who sends many URLs in a row would have each of them looked at again.
            guard !text[mark].isWhitespace, !text[mark...].hasPrefix("://") else { return nil }
            mark = text.index(after: mark)
        }
        var query = text[mark...].dropFirst().prefix { !$0.isWhitespace }
        guard !query.isEmpty else { return nil }
        while let last = query.last, Self.punctuation.contains(last) { query.removeLast() }
        return query
    }

    private static func maskedQuery(_ query: Substring) -> String {
        var result = ""
        var rest = query
        while !rest.isEmpty {
            let piece = rest.prefix { !"&;#".contains($0) }
            let name = piece.firstIndex(of: "=").map { piece[...$0] } ?? ""
            result += piece.isEmpty ? "" : "\(name)***"
            rest = rest[piece.endIndex...]
            if let separator = rest.popFirst() { result.append(separator) }
        }
        return result
    }
}
