// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A value of the option `--refs`: a full name, or a name with one `*` for any text, as in a
/// refspec of git.
package struct RefPattern: Sendable {
    /// The pattern without a leading `^`.
    package let text: String
    /// Whether the pattern leaves out the refs that it matches, because it starts with `^`.
    package let isNegative: Bool
    /// The bytes before the `*`, or the whole name if the pattern has no `*`.
    package let prefix: [UInt8]
    /// The bytes after the `*`, or `nil` if the pattern has no `*`.
    package let suffix: [UInt8]?

    /// Parses a value of the option.
    ///
    /// - Throws: ``RefPatternError`` if the text cannot match the name of any ref.
    package init(_ argument: String) throws(RefPatternError) {
        self.isNegative = argument.hasPrefix("^")
        self.text = self.isNegative ? String(argument.dropFirst()) : argument
        let star = UInt8(ascii: "*")
        let parts = self.text.utf8.split(separator: star, omittingEmptySubsequences: false)
        // The `*` may stand for any text, so a name with another text in its place must be valid.
        let example = self.text.utf8.map { $0 == star ? UInt8(ascii: "x") : $0 }
        guard parts.count < 3, RefRules.complaint(about: example) == nil else {
            throw RefPatternError(argument: argument)
        }
        self.prefix = Array(parts[0])
        self.suffix = parts.count > 1 ? Array(parts[1]) : nil
    }
}

/// The error for a value of `--refs` that is not a pattern.
package struct RefPatternError: Error, Equatable, CustomStringConvertible {
    package let argument: String

    package init(argument: String) { self.argument = argument }

    /// The reason and the remedy, in sentences.
    package var description: String {
        "'\(self.argument)' is not a pattern for refs. Name a full ref such as refs/heads/main, or "
            + "use one * for any text, as in refs/heads/*. Write ^ before a pattern to leave out "
            + "the refs that it matches."
    }
}
