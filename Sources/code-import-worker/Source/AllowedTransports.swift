// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ways in which a repository may be reached.
///
/// The others run commands (`ext::`), take over descriptors (`fd::`), or load helpers that nobody
/// has looked at.
enum AllowedTransports {
    /// As git calls them; `user@host:path` counts as ssh, a path as file.
    static let all = ["http", "https", "git", "ssh", "file"]

    /// The value of GIT_ALLOW_PROTOCOL: ours, less what the operator's own leaves out.
    ///
    /// Unlike the setting `protocol.allow`, which it overrides, it also binds redirections and
    /// `url.*.insteadOf`.
    static func environmentValue(operators own: String?) -> String {
        guard let own else { return Self.all.joined(separator: ":") }
        let wanted = own.split(separator: ":")
        return Self.all.filter { wanted.contains($0[...]) }.joined(separator: ":")
    }
}
