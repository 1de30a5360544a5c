// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A ref of the source that the mirror does not get.
struct RefusedRef: Equatable {
    private static let mostNamed = 20
    private static let longestName = 120

    var name: RefName
    /// The reason, as a clause.
    var reason: String

    /// The name for display, which is cut if it is long.
    private var title: String {
        let text = self.name.description
        guard text.count > Self.longestName else { return text }
        return "\(text.prefix(Self.longestName))… (\(self.name.bytes.count) bytes)"
    }

    /// Returns a line of the report for each refused ref, or for the first ones if there are many.
    static func warnings(_ refused: [RefusedRef]) -> [String] {
        let lines = refused.prefix(Self.mostNamed).map { ref in
            "Warning: \(ref.title) is not imported: \(ref.reason)."
        }
        let more = refused.count - Self.mostNamed
        return lines + (more > 0 ? ["Warning: \(more) more refs are not imported."] : [])
    }

    /// Returns a sentence that counts the refused refs and names the first one, or `nil` if there
    /// are none.
    static func summary(_ refused: [RefusedRef]) -> String? {
        guard let first = refused.first else { return nil }
        guard refused.count > 1 else { return "1 ref is not imported: \(first.title)." }
        return "\(refused.count) refs are not imported, starting with \(first.title)."
    }
}
