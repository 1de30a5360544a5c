// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Hides log-ins in URLs, wherever they turn up in a line.
struct SecretMask {
    /// Secrets that are known, hidden outside of URLs too.
    private let secrets: [String]

    /// Makes a mask that also knows these secrets; very short ones would only garble the lines.
    init(secrets: [String] = []) {
        self.secrets = secrets.filter { $0.utf8.count >= 4 }.sorted {
            $0.utf8.count > $1.utf8.count
        }
    }

    /// The line with `***` for each secret.
    func masked(_ line: String) -> String {
        var result = ""
        var rest = line[...]
        while let colon = Self.nextScheme(in: rest) {
            let scheme = rest[..<colon]
            let after = rest[rest.index(colon, offsetBy: 3)...]
            let authority = after.prefix { !"/?#".contains($0) && !$0.isWhitespace }
            result += "\(scheme)://\(Self.masked(authority, isSSH: scheme.hasSuffix("ssh")))"
            rest = after[authority.endIndex...]
        }
        result += rest
        return self.secrets.reduce(result) { $0.replacing($1, with: "***") }
    }

    private static func nextScheme(in text: Substring) -> Substring.Index? {
        text.firstRange(of: "://")?.lowerBound
    }

    /// Hides the log-in of `user:password@host`; with ssh the user alone is none, elsewhere it may
    /// be a token.
    private static func masked(_ authority: Substring, isSSH: Bool) -> String {
        guard let at = authority.lastIndex(of: "@") else { return String(authority) }
        let login = authority[..<at]
        guard isSSH else { return "***\(authority[at...])" }
        guard let colon = login.firstIndex(of: ":") else { return String(authority) }
        return "\(login[..<colon]):***\(authority[at...])"
    }
}
