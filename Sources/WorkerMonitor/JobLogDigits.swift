// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Numbers in the small headers of a log's parts.
enum JobLogDigits {
    /// How many digits a number takes.
    private static let width = 16

    /// Writes a number that is not negative with leading zeros, so that headers have one length.
    static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: Swift.max(0, Self.width - digits.count)) + digits
    }

    /// Reads the numbers out of a header, in order.
    static func numbers(in bytes: some Sequence<UInt8>) -> [Int64] {
        String(decoding: [UInt8](bytes), as: UTF8.self)
            .split { $0 == " " || $0 == "=" || $0 == "\n" }
            .filter { $0.utf8.count == Self.width }
            .compactMap { Int64($0) }
    }
}
