// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

extension SourceAddress {
    /// Reads what the user gave.
    ///
    /// - Parameters:
    ///   - text: a URL, `user@host:path` or a path.
    ///   - folder: where a relative path starts; absolute.
    /// - Throws: ``ImportFailure`` if the policy refuses it, or if it cannot be a repository's URL.
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
        // ssh and git have no use for a password; ssh needs the user.
        let user = scheme == "ssh" ? "\(login.user)@" : ""
        self.init(
            address: "\(scheme)://\(user)\(host)\(path)",
            addressWithLogin: scheme.hasPrefix("http") ? url : nil,
            secrets: login.secrets(scheme: scheme)
        )
    }

    /// The text before `mark`, if git would take it for the name of a transport.
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

    /// Whether it is `host:path` for ssh: git's rule is a colon before the first slash.
    private static func isHostAndPath(_ text: String) -> Bool {
        text.first { $0 == ":" || $0 == "/" } == ":"
    }

    private static func refusal(of transport: String) -> ImportFailure {
        let allowed = AllowedTransports.all.joined(separator: ", ")
        return ImportFailure(
            .forbidden,
            "URLs of the kind '\(transport)' are refused; allowed are \(allowed), and paths."
        )
    }

    // Ssh would take it for an option (CVE-2017-1000117).
    private static func checkHost(_ host: some StringProtocol) throws(ImportFailure) {
        guard host.hasPrefix("-") else { return }
        throw ImportFailure(.forbidden, "A host whose name starts with a dash is refused.")
    }

    // "https://user:pass/word@host" has no log-in by the rules of URLs, and would be printed.
    private static func checkForCutPassword(
        _ authority: Substring,
        _ path: Substring
    ) throws(ImportFailure) {
        let port = authority.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        let isPort = port.allSatisfy(\.isNumber) || !authority.contains(":") || port.hasSuffix("]")
        guard !isPort, path.contains("@") else { return }
        throw ImportFailure(
            .invalidSource,
            "The URL has no valid port. In a password write / ? # as %2F %3F %23."
        )
    }

    /// Makes a path absolute.
    ///
    /// Symbolic links stay: the mirror belongs to the path, not to what is there now.
    static func absolute(_ path: String, in folder: String) -> String {
        let whole = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
