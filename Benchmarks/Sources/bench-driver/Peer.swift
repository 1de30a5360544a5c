// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A program that has some of the scenarios.
struct Peer {
    let name: String
    /// The command that a scenario's arguments are appended to.
    let words: [String]

    init(_ name: String, _ words: [String]) {
        self.name = name
        self.words = words
    }

    /// Reads a name, an equals sign, and words that are split at spaces; nil if it is not that.
    init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        self.init(String(parts[0]), parts[1].split(separator: " ").map(String.init))
    }
}
