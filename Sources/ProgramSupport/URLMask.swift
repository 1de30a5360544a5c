// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Masks the parts of URLs that may be passwords or tokens.
package enum URLMask {
    /// Characters that may follow a URL in a sentence and are not part of it.
    private static let punctuation: Set<Character> = [
        "'", "\"", "/", ":", ".", ",", ";", ")", "]", ">",
    ]

    /// Returns the text with `***` in place of the login of each URL and of each value in a query.
    ///
    /// The user of an ssh URL is not a secret and is kept; in other URLs the user may be a token.
    /// The names in a query are kept, so that a reader can see which values are masked.
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

    /// Returns a repository's address with its secrets masked, also if it has the
    /// form `user:password@host:path`.
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

    /// Returns the query at the start of the rest of a URL: from the question mark to the
    /// next space.
    ///
    /// - Returns: The query, or `nil` if a space or another URL comes first. A URL inside of a
    ///   query is masked as part of its value.
    private static func query(of text: Substring) -> Substring? {
        var mark = text.startIndex
        while mark < text.endIndex, text[mark] != "?" {
            // Stopping at the next URL keeps the time linear for text that is one long row of URLs.
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
