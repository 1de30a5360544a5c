// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// `user:password` of a URL.
struct Login {
    /// As it stands in the URL.
    let user: Substring
    let password: Substring?

    /// Reads what stands before the `@`.
    init(_ text: Substring) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.user = parts[0]
        self.password = parts.count > 1 ? parts[1] : nil
    }

    /// What must not be printed, as written and decoded: the password, or what stands in its place.
    ///
    /// With ssh a user alone is no secret; elsewhere it may be a token.
    func secrets(scheme: String) -> [String] {
        guard let secret = self.password ?? (scheme == "ssh" ? nil : self.user) else { return [] }
        return [String(secret), Self.decoded(secret)]
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(rest.prefix(2)) ?? "", radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
