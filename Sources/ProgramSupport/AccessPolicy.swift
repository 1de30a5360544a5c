// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The operator's rules about the sources that may be imported.
///
/// The rules are lines of a file. Of the rules about schemes, the first that matches decides, and
/// so do the first that matches the host and the first that matches an address of the host.
package struct AccessPolicy: Equatable, Sendable {
    /// One value of a rule.
    struct Rule: Equatable, Sendable {
        let allows: Bool
        let value: Value
        let line: Int
        /// The rule as a text, with only this value.
        let text: String
    }

    enum Value: Equatable, Sendable {
        case scheme(String)
        /// A name, `*.` and a name for all names below it, or `*` for all hosts.
        case host(String)
        case addressKind(AddressKind)
        case addressRange(AddressRange)
        case publicAddress
        case anyAddress
    }

    /// The schemes that a policy can name; paths have the scheme `file`.
    package static let schemes = ["http", "https", "git", "ssh", "file"]

    /// The path of the file, for messages.
    let name: String
    let rules: [Rule]

    // MARK: - Verdicts

    /// Returns why a scheme is refused, or `nil` if it is allowed.
    ///
    /// Without a matching rule, `file` is refused, and the others are allowed unless a rule allows
    /// some scheme.
    package func refusal(ofScheme scheme: String) -> String? {
        let subject = "the scheme \(scheme)"
        if let rule = self.rules.first(where: { $0.value == .scheme(scheme) }) {
            return rule.allows ? nil : self.denial(rule, subject)
        }
        let isList = self.rules.contains {
            if case .scheme = $0.value { $0.allows } else { false }
        }
        guard isList || scheme == "file" else { return nil }
        return self.lack(of: "allow scheme \(scheme)", subject)
    }

    /// Returns why a host is refused, or `nil` if its name is allowed.
    ///
    /// Without a matching rule, a host is allowed unless a rule allows some host.
    package func refusal(ofHost host: String) -> String? {
        let name = Self.plain(host)
        let subject = "the host \(name)"
        if let rule = self.rules.first(where: { Self.matches($0.value, host: name) }) {
            return rule.allows ? nil : self.denial(rule, subject)
        }
        let isList = self.rules.contains {
            if case .host = $0.value { $0.allows } else { false }
        }
        return isList ? self.lack(of: "allow host \(name)", subject) : nil
    }

    /// Returns why an address of a host is refused, or `nil` if it is allowed.
    ///
    /// Without a matching rule, public addresses are allowed and all others are refused.
    package func refusal(of address: NetworkAddress, ofHost host: String) -> String? {
        let kind = AddressKind.of(address)
        let own = host == "\(address)" ? "" : ", an address of \(Self.plain(host))"
        let subject = "\(address)\(own)"
        if let rule = self.rules.first(where: { Self.matches($0.value, address, kind) }) {
            return rule.allows ? nil : self.denial(rule, subject)
        }
        return kind.map { self.lack(of: "allow address \($0.rawValue)", subject) }
    }

    private func denial(_ rule: Rule, _ subject: String) -> String {
        "Line \(rule.line) of the access policy \(self.name) refuses \(subject): \(rule.text)"
    }

    private func lack(of rule: String, _ subject: String) -> String {
        "No rule of the access policy \(self.name) allows \(subject). The missing rule is: \(rule)"
    }

    private static func matches(_ value: Value, host: String) -> Bool {
        guard case .host(let pattern) = value else { return false }
        if pattern == "*" { return true }
        return pattern.hasPrefix("*.") ? host.hasSuffix(pattern.dropFirst()) : host == pattern
    }

    private static func matches(
        _ value: Value,
        _ address: NetworkAddress,
        _ kind: AddressKind?
    ) -> Bool {
        switch value {
        case .scheme, .host: false
        case .addressKind(let other): kind == other
        case .addressRange(let range):
            range.contains(address) || address.embedded.map(range.contains) == true
        case .publicAddress: kind == nil
        case .anyAddress: true
        }
    }

    /// Returns the name of a host in lowercase letters and without the dot at its end.
    static func plain(_ host: String) -> String {
        let name = host.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
