// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// URLs for people to read.
enum URLText {
    /// The URL with `***` for what stands before the `@`, if that may be a password or a token.
    ///
    /// A user alone is no secret with ssh and in `user@host:path`.
    static func withoutLogin(_ url: String) -> String {
        let scheme = url.firstRange(of: "://").map { url[..<$0.upperBound] } ?? ""
        let authority = url[scheme.endIndex...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return url }
        let isPlainUser = scheme.isEmpty || scheme.hasSuffix("ssh://")
        if isPlainUser, !authority[..<at].contains(":") { return url }
        return "\(scheme)***\(url[at...])"
    }
}
