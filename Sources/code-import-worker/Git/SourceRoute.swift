// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// The way to a source: the URL that git really reads, and the login that git sends there.
///
/// The URL differs from the address of the source after the operator's rules `url.<base>.insteadOf`
/// and after redirects. The worker follows redirects itself, one run of git for each. If git
/// followed them, it would send the login of the first host to the second one with each request but
/// the first, and the access policy could not check the second host.
struct SourceRoute {
    /// How git sends the login of the URL.
    enum LoginMode: Equatable {
        /// There is no login, or git asks the operator's credential helpers for this user.
        case asked(user: String?)
        /// Git sends the login with its first request, by the method Basic.
        case first
        /// Git sends the login when the server has named its methods, which do not include Basic.
        case challenged
    }

    private static let mostRedirects = 20

    let source: SourceAddress
    private let settings: GitSettings
    /// The URL without a login, or an address of another form.
    private(set) var address: String
    private(set) var login: Login?
    private(set) var loginMode: LoginMode
    private var redirects = 0
    /// Whether a redirect led to another scheme, host or port.
    private(set) var hasLeftHost = false
    /// The address before any redirect.
    let firstAddress: String
    /// The addresses to which git connects, or `nil` if git may look up the host.
    var pins: HostPins?
    /// Whether the source has a login that is not sent, because a redirect led to another host.
    private(set) var hasDroppedLogin = false

    /// Determines the way to a source before git has made a request.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - settings: The settings of the operator's git.
    ///   - hasNetrc: Whether the operator has a file of logins, `~/.netrc`.
    init(to source: SourceAddress, _ settings: GitSettings = GitSettings(), hasNetrc: Bool = false)
    {
        self.source = source
        self.settings = settings
        self.address = source.address
        self.login = source.login
        let rewritten = settings.rewritten(source.address)
        self.firstAddress = RepositoryURL(rewritten)?.withoutSecrets.text ?? rewritten
        if rewritten != source.address {
            self.address = self.firstAddress
            self.login = nil
            if let url = RepositoryURL(rewritten), url.isWeb {
                let typed = RepositoryURL(source.address).flatMap { typed in
                    typed.hasOrigin(of: url) ? source.login : nil
                }
                self.login = url.login.map { Login($0) } ?? typed
            }
            self.hasDroppedLogin = source.login != nil && self.login == nil
        }
        self.loginMode = Self.mode(self.login, for: self.address, settings, hasNetrc)
    }

    /// Decides how to send a login.
    ///
    /// A user without a password may be a token, or the name under which a credential helper has
    /// the password. The second meaning is more likely if the operator has a helper.
    private static func mode(
        _ login: Login?,
        for address: String,
        _ settings: GitSettings,
        _ hasNetrc: Bool
    ) -> LoginMode {
        guard let login else { return .asked(user: nil) }
        let hasHelper = settings.entries.contains {
            $0.key.section == "credential" && $0.key.name == "helper" && !$0.text.isEmpty
                && Self.applies($0.key.subsection, to: address)
        }
        let isAsked = login.password == nil && (hasHelper || hasNetrc)
        return isAsked ? .asked(user: login.decodedUser) : .first
    }

    /// Returns whether git may use a credential helper with this pattern for an address.
    ///
    /// A helper for another host must not keep a token from being sent. The path is not compared,
    /// and a pattern that is no plain URL applies, because asking a helper in vain
    /// does less harm than sending a user name as a token.
    private static func applies(_ pattern: String?, to address: String) -> Bool {
        guard let pattern, let rule = RepositoryURL(pattern), let url = RepositoryURL(address),
            !rule.host.contains("*")
        else { return true }
        return rule.hasOrigin(of: url)
    }

    /// The URL as its parts, or `nil` if the source is a path or `user@host:path`.
    var url: RepositoryURL? { RepositoryURL(self.address) }

    /// Whether git uses HTTP to reach the source.
    var isWeb: Bool { self.url?.isWeb == true }

    // MARK: - After a response

    /// Makes git send the login when the server asks for it.
    mutating func waitForChallenge() { self.loginMode = .challenged }

    /// Goes to the target of a redirect.
    ///
    /// - Parameter location: The value of the header Location.
    /// - Throws: ``ImportFailure`` if the target is no repository or its scheme is not allowed.
    mutating func follow(_ location: String) throws(ImportFailure) {
        guard let old = self.url, let target = Self.target(of: location, from: old) else {
            throw ImportFailure(
                .invalidSource,
                "The source redirects to an address that is not valid. (\(location))"
            )
        }
        self.redirects += 1
        guard self.redirects <= Self.mostRedirects else {
            throw ImportFailure(
                .invalidSource,
                "The source redirects in a circle. (\(Self.mostRedirects) redirects followed)"
            )
        }
        guard target.isWeb else {
            throw ImportFailure(
                .forbidden,
                "The source redirects to a kind of URL that the policy does not allow. "
                    + "(\(target.withoutSecrets.text))"
            )
        }
        self.address = try Self.repository(target, old)
        guard !target.hasOrigin(of: old) else { return }
        self.hasLeftHost = true
        self.hasDroppedLogin = self.hasDroppedLogin || self.login != nil
        self.login = nil
        self.loginMode = .asked(user: nil)
    }

    /// Removes the part of a redirect's target that git has appended to the URL of the repository.
    private static func repository(
        _ target: RepositoryURL,
        _ old: RepositoryURL
    ) throws(ImportFailure) -> String {
        let plain = target.withoutSecrets.text
        let text = plain.prefix { $0 != "#" }
        for tail in [Self.tail(of: old), "/info/refs"] where text.hasSuffix(tail) {
            return String(text.dropLast(tail.count))
        }
        throw ImportFailure(
            .invalidSource,
            "The source redirects to a page that is not a repository, for example to a login. "
                + "(\(plain))"
        )
    }

    /// The text that git appends to the URL of a repository for its first request.
    private static func tail(of url: RepositoryURL) -> String {
        "/info/refs\(url.rest.contains("?") ? "&" : "?")service=git-upload-pack"
    }

    /// Resolves the header Location against the URL of the first request (RFC 3986, section 5).
    static func target(of location: String, from url: RepositoryURL) -> RepositoryURL? {
        if let absolute = RepositoryURL(location) {
            return absolute.isWeb && absolute.host.isEmpty ? nil : absolute
        }
        if location.hasPrefix("//") { return RepositoryURL("\(url.scheme):\(location)") }
        var target = url
        let path = url.rest.prefix { !"?#".contains($0) }
        if location.hasPrefix("/") {
            target.rest = location
        } else {
            let folder = path.hasSuffix("/") ? "\(path)info/" : "\(path)/info/"
            target.rest = folder + location
        }
        return target
    }

    // MARK: - Settings for git

    /// Returns the settings for the file that takes the place of the operator's configuration.
    ///
    /// - Parameter helper: A command that answers git as a credential helper with the login.
    func fileEntries(helper: String?) -> [GitSettings.Entry] {
        var entries = self.settings.used.filter(self.isSent)
        let address = self.url.flatMap { self.pins?.gitURL($0)?.url } ?? self.address
        if address != self.source.address {
            entries.append(Self.entry("url", address, "insteadof", self.source.address))
        }
        switch self.loginMode {
        case .asked(user: nil): break
        case .challenged:
            guard let helper else { break }
            entries.append(Self.entry("credential", self.pattern, "helper", helper))
        case .asked(let user?):
            entries.append(Self.entry("credential", self.pattern, "username", user))
        case .first:
            guard let login else { break }
            let header = "Authorization: \(login.basicAuthorization)"
            entries.append(Self.entry("http", self.pattern, "extraheader", header))
        }
        return entries
    }

    /// The settings that take precedence over the configuration of the mirror.
    ///
    /// They are not secret.
    var enforcedEntries: [GitSettings.Entry] {
        var entries = [
            GitSettings.Entry(
                key: GitSettingKey("credential", name: "interactive"),
                value: Array("false".utf8)
            )
        ]
        guard self.isWeb else { return entries }
        // A setting for a URL takes precedence over one for all URLs.
        for pattern in [nil, self.pattern] {
            entries.append(Self.entry("http", pattern, "followredirects", "false"))
        }
        return entries + (self.pins?.entries(self.pattern) ?? [])
    }

    /// Returns whether git gets a setting of the operator.
    private func isSent(_ entry: GitSettings.Entry) -> Bool {
        let isHeader = entry.key.section == "http" && entry.key.name == "extraheader"
        // A header for all URLs was meant for the host that the operator named.
        if isHeader, entry.key.subsection == nil, self.hasLeftHost { return false }
        guard self.login != nil, self.loginMode == .first || self.loginMode == .challenged else {
            return true
        }
        // Git would erase the password that a helper has stored if the login of the URL is refused.
        if entry.key.section == "credential", ["helper", "username"].contains(entry.key.name) {
            return false
        }
        return !(isHeader && entry.text.lowercased().hasPrefix("authorization:"))
    }

    /// The URL in the form that the sections `http` and `credential` match.
    private var pattern: String {
        guard var url = self.url else { return self.address }
        url.rest = String(url.rest.prefix { !"?#".contains($0) })
        return url.text
    }

    private static func entry(
        _ section: String,
        _ subsection: String?,
        _ name: String,
        _ value: String
    ) -> GitSettings.Entry {
        GitSettings.Entry(
            key: GitSettingKey(section, subsection, name: name),
            value: Array(value.utf8)
        )
    }
}
