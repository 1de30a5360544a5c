// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The line that says how much is missing in the middle of a log.
enum JobLogCut {
    private static let units = ["KiB", "MiB", "GiB", "TiB"]

    /// Gives the line, for example `[... 1.2 GiB (1,234,567,890 bytes) cut ...]`.
    static func line(bytes: Int64) -> String {
        let exact = "\(Self.grouped(bytes)) \(bytes == 1 ? "byte" : "bytes")"
        let size = bytes < 1024 ? exact : "\(Self.rounded(bytes)) (\(exact))"
        return "[... \(size) cut ...]\n"
    }

    /// A number with a comma between each three digits.
    private static func grouped(_ number: Int64) -> String {
        var text = ""
        let digits = String(number)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A size of at least 1 KiB in the largest unit that makes it at least one, with one decimal.
    private static func rounded(_ bytes: Int64) -> String {
        var unit = 0
        var divisor: Int64 = 1024
        while bytes / divisor >= 1024, unit + 1 < Self.units.count {
            divisor *= 1024
            unit += 1
        }
        let tenths = bytes % divisor * 10 / divisor
        return "\(bytes / divisor).\(tenths) \(Self.units[unit])"
    }
}
