// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Formats a command and its arguments as one line for people to read.
package enum CommandText {
    /// The longest argument that is shown completely, in characters.
    private static let longestArgument = 80
    /// The length at which a line ends, in characters.
    private static let longestLine = 400

    /// Returns a command as a shell would accept it, on one line, with the secrets of URLs masked.
    ///
    /// An argument that is empty or contains characters that are special to a shell is quoted, as
    /// `$'...'` if it contains control characters or other characters that are not readable. Of a
    /// long argument the beginning and the end are shown, and of many arguments the first.
    package static func line(_ arguments: [String]) -> String {
        var line = ""
        for (index, argument) in arguments.enumerated() {
            let next = (index == 0 ? "" : " ") + Self.quoted(Self.shortened(argument))
            guard line.count + next.count <= Self.longestLine else {
                let rest = arguments.count - index
                return line + " … (\(rest) more \(rest == 1 ? "argument" : "arguments"))"
            }
            line += next
        }
        return line
    }

    private static func shortened(_ argument: String) -> String {
        let masked = URLMask.masked(argument)
        // A character may consist of any number of scalars, so both are counted.
        guard masked.unicodeScalars.count > Self.longestArgument else { return masked }
        let scalars = masked.unicodeScalars
        return String(scalars.prefix(50)) + "…" + String(scalars.suffix(25))
    }

    private static func quoted(_ argument: String) -> String {
        let scalars = argument.unicodeScalars
        if scalars.contains(where: { $0.isUnreadable || $0 == "\t" }) {
            return "$'" + scalars.map(Self.escaped).joined() + "'"
        }
        if !argument.isEmpty, scalars.allSatisfy(Self.isPlain) { return argument }
        return "'" + argument.replacing("'", with: "'\\''") + "'"
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "'", "\\": return "\\\(scalar)"
        case "\n", "\r", "\t", "\u{1B}": return ReadableText.escape(scalar)
        case _ where !scalar.isUnreadable: return String(scalar)
        default:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let isLong = scalar.value > 0xFFFF
            let width = scalar.value < 0x80 ? 2 : isLong ? 8 : 4
            let zeros = String(repeating: "0", count: max(0, width - digits.count))
            return (scalar.value < 0x80 ? "\\x" : isLong ? "\\U" : "\\u") + zeros + digits
        }
    }

    /// Whether a shell takes the scalar literally.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        case "_", "@", "%", "+", "=", ":", ",", ".", "/", "-", "…": true
        // Masked URLs contain asterisks. A reader would not expect quotes because of the mask.
        case "*": true
        default: !scalar.isASCII
        }
    }
}
