// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The parts of a URL with a host.
package struct RepositoryURL: Equatable {
    /// The scheme in lowercase letters, as git requires it.
    package var scheme: String
    /// The text before the last `@` of the authority, or `nil` if there is no `@`.
    ///
    /// A password may contain an `@` that is not percent-encoded, and so may a user name.
    package var login: String?
    /// The host as written, with the brackets of an IPv6 address.
    package var host: String
    /// The text after the colon that follows the host, or `nil` if there is no colon.
    package var port: String?
    /// The path, the query and the fragment.
    package var rest: String

    /// Parses a URL.
    ///
    /// - Returns: `nil` if the text does not start with the name of a scheme and `://`.
    package init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound]
        guard Self.isScheme(scheme) else { return nil }
        let after = text[mark.upperBound...]
        let authority = after.prefix { !"/?#".contains($0) }
        self.scheme = scheme.lowercased()
        self.rest = String(after[authority.endIndex...])
        let at = authority.lastIndex(of: "@")
        self.login = at.map { String(authority[..<$0]) }
        let place = at.map { authority[authority.index(after: $0)...] } ?? authority
        let end = place.lastIndex(of: "]") ?? place.startIndex
        let colon = place[end...].firstIndex(of: ":")
        self.host = String(place[..<(colon ?? place.endIndex)])
        self.port = colon.map { String(place[place.index(after: $0)...]) }
    }

    /// Returns whether git would treat a text as the name of a transport.
    package static func isScheme(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(Self.isOfScheme)
    }

    private static func isOfScheme(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Whether the scheme is http or https.
    package var isWeb: Bool { self.scheme == "http" || self.scheme == "https" }

    /// The host without the brackets of an IPv6 address, in lowercase letters.
    package var hostName: String {
        let name = self.host.lowercased()
        return name.hasPrefix("[") && name.hasSuffix("]")
            ? String(name.dropFirst().dropLast()) : name
    }

    /// The port as a number, or that of the scheme if the URL names none, or `nil` if neither
    /// is known.
    package var portNumber: UInt16? {
        if let port = self.port, !port.isEmpty { return UInt16(port) }
        return ["http": 80, "https": 443, "ssh": 22, "git": 9418][self.scheme]
    }

    /// The URL as text, with the login.
    package var text: String {
        let login = self.login.map { "\($0)@" } ?? ""
        return "\(self.scheme)://\(login)\(self.place)\(self.rest)"
    }

    /// The host and the port as written.
    private var place: String { self.host + (self.port.map { ":\($0)" } ?? "") }

    /// The URL without what only grants access: the login, or for ssh the password.
    ///
    /// An ssh URL keeps its user, because the user decides what a path such as `~/x` means.
    package var withoutSecrets: RepositoryURL {
        var url = self
        url.login =
            self.scheme.hasSuffix("ssh")
            ? self.login.map { String($0.prefix { $0 != ":" }) } : nil
        return url
    }

    /// Whether two URLs have the same scheme, host and port.
    package func hasOrigin(of other: RepositoryURL) -> Bool {
        self.scheme == other.scheme && self.hostName == other.hostName
            && self.portNumber == other.portNumber && self.portNumber != nil
    }
}

/// The login of an import outside of its URL.
package enum ImportLogin {
    /// The environment variable that gives `code-import-worker` the login of a web URL: the text
    /// that would precede the `@`, with the same percent-encoding.
    package static let variable = "CODE_IMPORT_LOGIN"
}

/// Decides whether two addresses name the same repository.
package enum RepositoryIdentity {
    /// Returns a text that is equal for all spellings of an address.
    ///
    /// The login, the case of the scheme and the host, the port of the scheme, and slashes at
    /// the end make no difference. The suffix `.git` does: a server may have `x` and `x.git`.
    package static func of(_ address: String) -> String {
        if let url = RepositoryURL(address) {
            guard url.scheme != "file" else {
                return "file://" + Self.withoutSlashes(address.dropFirst("file://".count))
            }
            return Self.of(url.withoutSecrets)
        }
        if address.first(where: { $0 == ":" || $0 == "/" }) == ":" { return Self.ofSCP(address) }
        return Self.withoutSlashes(address[...])
    }

    private static func of(_ url: RepositoryURL) -> String {
        var plain = url
        plain.host = url.host.lowercased()
        var standard = url
        standard.port = nil
        if url.port == "" || url.portNumber == standard.portNumber { plain.port = nil }
        if !url.rest.contains(where: { $0 == "?" || $0 == "#" }) {
            plain.rest = Self.withoutSlashes(url.rest[...], keeping: 0)
        }
        return plain.text
    }

    /// Returns the identity of an address of the form `user@host:path`.
    private static func ofSCP(_ address: String) -> String {
        let place = address.prefix { $0 != ":" }
        let host = place.lastIndex(of: "@").map { place[place.index(after: $0)...] } ?? place
        let user = place[..<host.startIndex]
        return user + host.lowercased() + Self.withoutSlashes(address[place.endIndex...])
    }

    private static func withoutSlashes(_ text: Substring, keeping count: Int = 1) -> String {
        var text = text
        while text.utf8.count > count, text.hasSuffix("/") { text.removeLast() }
        return String(text)
    }
}
