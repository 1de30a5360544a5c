// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Formats numbers and text for people to read.
package enum ReadableText {
    /// Returns the text without control characters, which could control the reader's terminal.
    ///
    /// Tabs are kept.
    package static func withoutControls(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: Self.isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !Self.isControl($0) }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\t"
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
