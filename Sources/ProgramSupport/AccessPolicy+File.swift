// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Reactor

// The file of an access policy.
extension AccessPolicy {
    private static let longestFile = 1 << 20

    /// Reads a policy from a file.
    ///
    /// - Throws: ``AccessPolicyError`` if the file cannot be read, or with the first line that is
    ///   not a rule.
    package init(file path: String) throws(AccessPolicyError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            let reason = access(path, R_OK) == 0 ? "it is not a file" : errorText(errno)
            throw AccessPolicyError(
                "Cannot read the access policy \(path): \(reason). Name a readable file."
            )
        }
        guard data.count <= Self.longestFile, let text = String(validating: data, as: UTF8.self)
        else {
            throw AccessPolicyError("The access policy \(path) is not a text of at most 1 MiB.")
        }
        try self.init(text, name: path)
    }

    /// Parses the text of a policy.
    ///
    /// - Parameter name: The path of the file, for messages.
    package init(_ text: String, name: String) throws(AccessPolicyError) {
        var rules: [Rule] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let content = line.prefix { $0 != "#" }
            let words = content.split { $0.isWhitespace }.map(String.init)
            guard !words.isEmpty else { continue }
            do throws(AccessPolicyError) {
                rules += try Self.rules(words, line: index + 1)
            } catch {
                throw AccessPolicyError("Line \(index + 1) of the access policy \(name): \(error)")
            }
        }
        // An empty file is more likely a mistake than the wish to refuse only special addresses.
        guard !rules.isEmpty else {
            throw AccessPolicyError(
                "The access policy \(name) has no rule. Write for example: allow scheme https"
            )
        }
        self.init(name: name, rules: rules)
    }

    private static func rules(_ words: [String], line: Int) throws(AccessPolicyError) -> [Rule] {
        let verb = words[0].lowercased()
        guard verb == "allow" || verb == "deny" else {
            throw AccessPolicyError("A rule starts with allow or deny, and not with '\(words[0])'.")
        }
        let kinds = ["scheme", "host", "address"]
        guard words.count > 1, kinds.contains(words[1].lowercased()) else {
            throw AccessPolicyError("After \(verb) comes scheme, host or address.")
        }
        let kind = words[1].lowercased()
        guard words.count > 2 else {
            throw AccessPolicyError("After \(verb) \(kind) comes at least one \(kind).")
        }
        var rules: [Rule] = []
        for word in words.dropFirst(2) {
            let value = try Self.value(word, kind)
            rules.append(
                Rule(
                    allows: verb == "allow",
                    value: value,
                    line: line,
                    text: "\(verb) \(kind) \(word)"
                )
            )
        }
        return rules
    }

    private static func value(_ word: String, _ kind: String) throws(AccessPolicyError) -> Value {
        switch kind {
        case "scheme": try self.scheme(word.lowercased())
        case "host": try self.host(Self.plain(word))
        default: try self.address(word)
        }
    }

    private static func scheme(_ word: String) throws(AccessPolicyError) -> Value {
        guard self.schemes.contains(word) else {
            let known = self.schemes.joined(separator: ", ")
            throw AccessPolicyError("'\(word)' is not a known scheme. Known are \(known).")
        }
        return .scheme(word)
    }

    private static func host(_ word: String) throws(AccessPolicyError) -> Value {
        let name = word.hasPrefix("*.") ? word.dropFirst(2) : word[...]
        let isName = !name.isEmpty && !name.contains { "*/@?[]".contains($0) }
        guard word == "*" || isName else {
            throw AccessPolicyError(
                "'\(word)' is not the name of a host. Write a name such as git.example.org, "
                    + "*.example.org for all names below example.org, or * for all hosts."
            )
        }
        return .host(word)
    }

    private static func address(_ word: String) throws(AccessPolicyError) -> Value {
        let name = word.lowercased()
        if name == "all" { return .anyAddress }
        if name == "public" { return .publicAddress }
        if let kind = AddressKind(rawValue: name) { return .addressKind(kind) }
        if let range = AddressRange(name) { return .addressRange(range) }
        let kinds = AddressKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw AccessPolicyError(
            "'\(word)' is not an address. Write an address, a range such as 10.0.0.0/8 whose other "
                + "bits are 0, or one of \(kinds), public and all."
        )
    }
}

/// The error of an access policy that cannot be read.
package struct AccessPolicyError: Error, CustomStringConvertible {
    /// The reason and the remedy, in full sentences.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
