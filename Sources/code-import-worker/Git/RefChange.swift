// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One ref that is not as it was.
struct RefChange: Equatable, CustomStringConvertible {
    private static let mostNamed = 10

    var name: String
    /// The object id, or the ref that HEAD points to; nil: there was none.
    var before: String?
    /// The same afterwards; nil: it is gone.
    var after: String?

    /// For example "refs/heads/main 1a2b3c4..5d6e7f8".
    var description: String {
        switch (self.before.map(Self.short), self.after.map(Self.short)) {
        case (let before?, let after?): "\(self.name) \(before)..\(after)"
        case (nil, let after?): "\(self.name) new \(after)"
        case (let before?, nil): "\(self.name) gone (was \(before))"
        case (nil, nil): self.name
        }
    }

    /// One line about all of them, which names at most ten.
    static func summary(_ changes: [RefChange]) -> String {
        guard !changes.isEmpty else { return "Nothing has changed." }
        let named = changes.prefix(Self.mostNamed).map(\.description).joined(separator: ", ")
        let more = changes.count - Self.mostNamed
        let count = changes.count == 1 ? "1 ref" : "\(changes.count) refs"
        return "\(count) changed: \(named)\(more > 0 ? ", and \(more) more" : "")"
    }

    private static func short(_ value: String) -> String {
        value.hasPrefix("refs/") ? value : String(value.prefix(7))
    }
}
