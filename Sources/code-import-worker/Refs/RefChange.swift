// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The change of one ref.
struct RefChange: Equatable, CustomStringConvertible {
    private static let mostNamed = 10

    var name: RefName
    /// The old object id, or the old target of HEAD; `nil` if the ref is new.
    var before: String?
    /// The new object id, or the new target of HEAD; `nil` if the ref was deleted.
    var after: String?

    /// Whether the mirror does not have the ref yet.
    var isNew: Bool { self.before == nil }

    /// A description for the report, for example "refs/heads/main 1a2b3c4..5d6e7f8".
    var description: String {
        switch (self.before.map(Self.short), self.after.map(Self.short)) {
        case (let before?, let after?): "\(self.name) \(before)..\(after)"
        case (nil, let after?): "\(self.name) new \(after)"
        case (let before?, nil): "\(self.name) deleted (was \(before))"
        case (nil, nil): "\(self.name)"
        }
    }

    /// Returns one line that counts the changes and names at most ten of them.
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
