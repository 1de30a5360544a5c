// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// The address of a source: a URL, or a path on this machine.
struct SourceAddress: Equatable {
    /// The address for git and for the configuration of the mirror.
    ///
    /// This address contains no password, and a path is absolute.
    let address: String
    /// The URL with its login, or `nil` if git needs no login.
    var addressWithLogin: String?
    /// The texts that must not be printed.
    var secrets: [String] = []
}

extension SourceAddress {
    /// Parses an address as a user gives it.
    ///
    /// - Parameters:
    ///   - text: A URL, `user@host:path`, or a path.
    ///   - folder: The absolute path of the folder that a relative path starts from.
    /// - Throws: ``ImportFailure`` if the policy refuses the URL, or if it is malformed.
    init(_ text: String, relativeTo folder: String) throws(ImportFailure) {
        if let helper = Self.scheme(of: text, before: "::") {
            throw Self.refusal(of: helper)
        }
        if let scheme = Self.scheme(of: text, before: "://") {
            try self.init(url: text, scheme: scheme)
        } else if Self.isHostAndPath(text) {
            try Self.checkHost(text)
            self.init(address: text)
        } else {
            self.init(address: Self.absolute(text, in: folder))
        }
    }

    private init(url: String, scheme: String) throws(ImportFailure) {
        guard AllowedTransports.all.contains(scheme) else { throw Self.refusal(of: scheme) }
        guard scheme != "file" else {
            self.init(address: url)
            return
        }
        let after = url.dropFirst(scheme.count + 3)
        let authority = after.prefix { !"/?#".contains($0) }
        let path = after[authority.endIndex...]
        guard let at = authority.lastIndex(of: "@") else {
            try Self.checkHost(authority)
            try Self.checkForCutPassword(authority, path)
            self.init(address: url)
            return
        }
        let host = authority[authority.index(after: at)...]
        try Self.checkHost(host)
        try Self.checkHost(authority)
        let login = Login(authority[..<at])
        // The ssh and git transports ignore a password. ssh needs the user.
        let user = scheme == "ssh" ? "\(login.user)@" : ""
        self.init(
            address: "\(scheme)://\(user)\(host)\(path)",
            addressWithLogin: scheme.hasPrefix("http") ? url : nil,
            secrets: login.secrets(scheme: scheme)
        )
    }

    /// Returns the text before `mark` if git would treat it as the name of a transport, or `nil`.
    private static func scheme(of text: String, before mark: String) -> String? {
        guard let range = text.firstRange(of: mark) else { return nil }
        let name = text[..<range.lowerBound]
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isName && !name.isEmpty ? String(name) : nil
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
    private static func checkHost(_ host: some StringProtocol) throws(ImportFailure) {
        guard host.hasPrefix("-") else { return }
        throw ImportFailure(.forbidden, "A host name that starts with a dash is not allowed.")
    }

    // In "https://user:pass/word@host" the authority ends at the slash, so the URL has no login,
    // and its password would be printed.
    private static func checkForCutPassword(
        _ authority: Substring,
        _ path: Substring
    ) throws(ImportFailure) {
        let port = authority.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        let isPort = port.allSatisfy(\.isNumber) || !authority.contains(":") || port.hasSuffix("]")
        guard !isPort, path.contains("@") else { return }
        throw ImportFailure(
            .invalidSource,
            "The URL has no valid port. In a password, write / as %2F, ? as %3F and # as %23."
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

/// The login of a URL: `user:password`.
struct Login {
    /// The user as written in the URL.
    let user: Substring
    let password: Substring?

    /// Parses the text before the `@`.
    init(_ text: Substring) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.user = parts[0]
        self.password = parts.count > 1 ? parts[1] : nil
    }

    /// Returns the texts that must not be printed: the password, as written and percent-decoded.
    ///
    /// Without a password the user counts as a secret, because it may be a token. The user of an
    /// ssh URL never counts as one.
    func secrets(scheme: String) -> [String] {
        guard let secret = self.password ?? (scheme == "ssh" ? nil : self.user) else { return [] }
        return [String(secret), Self.decoded(secret)]
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(rest.prefix(2)) ?? "", radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
