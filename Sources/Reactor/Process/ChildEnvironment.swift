// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The environment that a child gets.
public enum ChildEnvironment: Sendable, Hashable {
    /// The parent's, as it is at the spawn.
    case inherit

    /// The parent's with changes: a value sets or replaces, nil removes.
    case inheriting(changes: [String: String?])

    /// These and no others.
    case exactly([String: String])

    /// The variables themselves.
    package func resolved() -> [String: String] {
        switch self {
        case .inherit: return Self.parent()
        case .exactly(let variables): return variables
        case .inheriting(let changes):
            return Self.parent().merging(changes.compactMapValues(\.self)) { $1 }
                .filter { changes[$0.key] != .some(nil) }
        }
    }

    private static func parent() -> [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return variables
    }
}
