// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The transports that the policy allows.
///
/// Other transports run commands (`ext::`), use inherited descriptors (`fd::`), or load remote
/// helpers that were not reviewed.
enum AllowedTransports {
    /// The names of the transports, as git spells them.
    ///
    /// `user@host:path` counts as ssh, and a path as file.
    static let all = ["http", "https", "git", "ssh", "file"]

    /// Returns the value for GIT_ALLOW_PROTOCOL: the allowed transports, without those that the
    /// operator's own value omits.
    ///
    /// The variable overrides the setting `protocol.allow`. Unlike the setting, it also applies to
    /// redirects and to `url.*.insteadOf`.
    static func environmentValue(operators own: String?) -> String {
        guard let own else { return Self.all.joined(separator: ":") }
        let wanted = own.split(separator: ":")
        return Self.all.filter { wanted.contains($0[...]) }.joined(separator: ":")
    }
}
