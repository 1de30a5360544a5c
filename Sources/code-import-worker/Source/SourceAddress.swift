// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// The address of a source: a URL, or a path on this machine.
struct SourceAddress: Equatable {
    /// The address for git and for the configuration of the mirror.
    ///
    /// This address contains no password, and a path is absolute.
    let address: String
    /// The login of a web URL, or `nil` if there is none.
    var login: Login?
    /// The texts that must not be printed.
    var secrets: [String] = []

    /// A text that is equal for all spellings of the address.
    var identity: String { RepositoryIdentity.of(self.address) }

    /// Returns whether the configuration of a mirror names this source.
    ///
    /// The bytes are compared, because Swift strings would be equal if they differed only in their
    /// Unicode normalization.
    func isNamed(_ origin: [UInt8]) -> Bool {
        guard let text = String(validating: origin, as: UTF8.self) else { return false }
        return RepositoryIdentity.of(text).utf8.elementsEqual(self.identity.utf8)
    }
}

extension SourceAddress {
    /// Parses an address as a user gives it.
    ///
    /// - Parameters:
    ///   - text: A URL, `user@host:path`, or a path.
    ///   - folder: The absolute path of the folder that a relative path starts from.
    ///   - login: The login for a web URL that contains none, as it would be written in the URL.
    /// - Throws: ``ImportFailure`` if the policy refuses the URL, or if it is malformed.
    init(
        _ text: String,
        relativeTo folder: String,
        login: String? = nil
    ) throws(ImportFailure) {
        if let helper = Self.helper(of: text) { throw Self.refusal(of: helper) }
        if let url = RepositoryURL(text) {
            try self.init(url, written: text, login: login)
        } else if Self.isHostAndPath(text) {
            try Self.checkHost(text)
            try Self.checkForPassword(text)
            self.init(address: text)
        } else {
            self.init(address: Self.absolute(text, in: folder))
        }
    }

    private init(
        _ url: RepositoryURL,
        written text: String,
        login: String?
    ) throws(ImportFailure) {
        guard AllowedTransports.all.contains(url.scheme) else {
            throw Self.refusal(of: url.scheme)
        }
        guard url.scheme != "file" else {
            self.init(address: "file://" + text.dropFirst("file://".count))
            return
        }
        guard !url.host.isEmpty else {
            throw ImportFailure(
                .invalidSource,
                "The URL has no host. Write \(url.scheme)://HOST/PATH."
            )
        }
        try Self.checkHost(url.host)
        try Self.checkHost(url.login ?? "")
        if url.login == nil { try Self.checkForCutPassword(url) }
        let own = (url.login ?? (url.isWeb ? login : nil)).map(Login.init)
        self.init(
            address: url.withoutSecrets.text,
            login: url.isWeb ? own : nil,
            secrets: own?.secrets(scheme: url.scheme) ?? []
        )
    }

    /// Returns the name of the remote helper in an address of the form `helper::address`, or `nil`.
    private static func helper(of text: String) -> String? {
        guard let mark = text.firstRange(of: "::") else { return nil }
        let name = text[..<mark.lowerBound]
        return RepositoryURL.isScheme(name) ? String(name) : nil
    }

    /// Returns whether the text has the form `host:path`: a colon comes before the first slash.
    private static func isHostAndPath(_ text: String) -> Bool {
        text.first { $0 == ":" || $0 == "/" } == ":"
    }

    private static func refusal(of transport: String) -> ImportFailure {
        let allowed = AllowedTransports.all.joined(separator: ", ")
        return ImportFailure(
            .forbidden,
            "URLs of the kind '\(transport)' are not allowed. Allowed are \(allowed), and paths."
        )
    }

    // ssh would treat a host that starts with a dash as an option (CVE-2017-1000117).
    private static func checkHost(_ host: String) throws(ImportFailure) {
        guard host.hasPrefix("-") else { return }
        throw ImportFailure(.forbidden, "A host name that starts with a dash is not allowed.")
    }

    // In "https://user:pass/word@host" the authority ends at the slash, so the URL has no login,
    // and its password would be printed.
    private static func checkForCutPassword(_ url: RepositoryURL) throws(ImportFailure) {
        guard let port = url.port, !port.allSatisfy(\.isNumber), url.rest.contains("@") else {
            return
        }
        throw ImportFailure(
            .invalidSource,
            "The URL has no valid port. In a password, write / as %2F, ? as %3F and # as %23."
        )
    }

    // In "user:password@host:path" git would take the user for the host, and the rest, with the
    // password, for a path that it prints and passes to ssh as an argument.
    private static func checkForPassword(_ text: String) throws(ImportFailure) {
        let rest = text.prefix { $0 != "/" }.drop { $0 != ":" }.dropFirst()
        guard let at = rest.firstIndex(of: "@"), rest[at...].contains(":") else { return }
        throw ImportFailure(
            .invalidSource,
            "The address contains a password, which ssh does not take. Write user@host:path."
        )
    }

    /// Returns an absolute path.
    ///
    /// Symbolic links stay in the path, because the mirror belongs to the path and not to the
    /// current target of a link.
    static func absolute(_ path: String, in folder: String) -> String {
        let whole = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
