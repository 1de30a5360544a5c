// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Text from elsewhere, fit to be printed.
enum ReadableText {
    /// Takes out control characters, which could steer the terminal of who reads our log.
    static func of(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: Self.isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !Self.isControl($0) }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\t"
    }
}
