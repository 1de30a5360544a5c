// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The login of a web URL: `user:password`, or only `user`.
struct Login: Equatable {
    /// The user as written in the URL.
    let user: String
    /// The password as written in the URL, or `nil` if the login has no colon.
    let password: String?

    /// Parses the text before the `@`.
    ///
    /// The first colon separates user and password, so a password may contain colons and `@`.
    init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.user = String(parts[0])
        self.password = parts.count > 1 ? String(parts[1]) : nil
    }

    /// The user without percent-encoding.
    var decodedUser: String { Self.text(Self.decoded(self.user)) }

    /// The value of the header `Authorization` for the method Basic (RFC 7617).
    var basicAuthorization: String { "Basic " + self.encoded }

    private var encoded: String {
        let bytes =
            Self.decoded(self.user) + [UInt8(ascii: ":")] + Self.decoded(self.password ?? "")
        return Data(bytes).base64EncodedString()
    }

    /// Returns the login in the form in which a credential helper answers git, or `nil` if that
    /// form cannot hold it.
    var answerOfHelper: [UInt8]? {
        let (user, password) = (Self.decoded(self.user), Self.decoded(self.password ?? ""))
        guard !(user + password).contains(where: { $0 == 0 || $0 == UInt8(ascii: "\n") }) else {
            return nil
        }
        return Array("username=".utf8) + user + Array("\npassword=".utf8) + password
            + Array("\n".utf8)
    }

    /// Returns the texts that must not be printed: the password, as written, percent-decoded, and
    /// as part of a header.
    ///
    /// Without a password the user counts as a secret, because it may be a token. The user of an
    /// ssh URL never counts as one.
    func secrets(scheme: String) -> [String] {
        guard let secret = self.password ?? (scheme == "ssh" ? nil : self.user) else { return [] }
        return [secret, Self.text(Self.decoded(secret)), self.encoded]
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Replaces each `%` that two hexadecimal digits follow by the byte that they stand for.
    private static func decoded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(Self.isHexadecimal),
                let code = UInt8(String(digits) ?? "", radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        UnicodeScalar(byte).properties.isASCIIHexDigit
    }
}
