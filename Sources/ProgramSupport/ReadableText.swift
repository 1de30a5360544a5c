// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Formats numbers and text for people to read.
///
/// Text from outside, for example a ref name or the output of a command, may contain characters
/// that control the reader's terminal, change the order in which text is shown, or end a line where
/// the reader does not expect it. See `Unicode.Scalar.isUnreadable`.
package enum ReadableText {
    /// Returns the text without characters that are not readable, except for tabs.
    ///
    /// A line feed is removed, too.
    package static func withoutControls(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: \.isUnreadable) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.isUnreadable }))
    }

    /// Returns whether the text contains control characters other than tabs.
    ///
    /// Other characters that are not readable are legitimate in the name of a file.
    package static func hasControls(_ text: String) -> Bool {
        text.unicodeScalars.contains {
            $0.properties.generalCategory == .control && $0 != "\t"
        }
    }

    /// Returns the text with visible escapes, such as `\n` and `\u{202E}`, in place of characters
    /// that are not readable, except for tabs.
    ///
    /// Use this function for names and arguments: two of them that differ only in such characters
    /// stay different.
    ///
    /// - Parameter keepsLines: Whether line feeds are kept, for a message of several lines.
    package static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: \.isUnreadable) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if scalar.isUnreadable, !(keepsLines && scalar == "\n") {
                result += Self.escape(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{1B}": "\\e"
        default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }
    }

    /// Returns the text with a period at its end, unless it has one.
    package static func sentence(_ text: String) -> String {
        text.hasSuffix(".") ? text : text + "."
    }

    /// Returns a duration in seconds, for example "0.19 s" or "12.5 s".
    package static func seconds(_ seconds: Double) -> String {
        String(format: seconds < 10 ? "%.2f s" : "%.1f s", seconds)
    }

    /// Returns a duration as hours, minutes and seconds, for example "1:05:09".
    package static func clock(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        return String(format: "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    /// Returns a number of bytes in a binary unit, for example "705 B" or "1.5 MiB".
    package static func bytes(_ count: Int64) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count) / 1024
        var index = 0
        while value >= 1024, index < units.count - 1 {
            value /= 1024
            index += 1
        }
        return String(format: "%.1f %@", value, units[index])
    }
}

extension Unicode.Scalar {
    /// Whether text from outside must not bring this scalar before a reader.
    ///
    /// That is so for control characters except for tabs, line and paragraph separators, marks that
    /// change the direction of text, all other invisible format characters (only the two joiners
    /// are kept, which emoji and some scripts need), noncharacters, and unassigned scalars, whose
    /// effect is unknown.
    package var isUnreadable: Bool {
        guard self.value >= 0x7F else { return self.value < 0x20 && self != "\t" }
        switch self.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate: return true
        case .format: return self != "\u{200C}" && self != "\u{200D}"
        default: return false
        }
    }

    /// Whether the scalar is drawn over the one before it.
    ///
    /// A long row of such marks covers the lines above and below.
    package var isOverlaid: Bool {
        guard self.value >= 0x300 else { return false }
        switch self.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return true
        default: return false
        }
    }
}
