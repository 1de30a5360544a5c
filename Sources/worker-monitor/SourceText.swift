// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// A repository's URL for people to read.
enum SourceText {
    /// The URL without what may be a password or a token, also in the form `user@host:path`.
    static func masked(_ url: String) -> String {
        let login = url.prefix { !"@/".contains($0) }
        let isPlain = url.contains("://") || !url[login.endIndex...].hasPrefix("@")
        guard !isPlain, let colon = login.firstIndex(of: ":") else { return URLMask.masked(url) }
        return "\(login[..<colon]):***\(url[login.endIndex...])"
    }
}
