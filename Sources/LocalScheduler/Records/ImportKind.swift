// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What kind of thing is imported.
public enum ImportKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Any command.
    case command
    /// A Git repository.
    case git
}
