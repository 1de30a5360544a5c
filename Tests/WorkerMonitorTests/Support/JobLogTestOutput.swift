// swift-reactor
// SPDX-License-Identifier: Apache-2.0

@testable import WorkerMonitor

/// Output whose bytes depend on their offset, so that a test notices misplaced bytes.
enum JobLogTestOutput {
    /// Returns the byte at an offset.
    ///
    /// About one byte in 40 is a line feed.
    static func byte(_ offset: Int64) -> UInt8 {
        let mixed = UInt64(bitPattern: offset) &* 0x9E37_79B9_7F4A_7C15
        return mixed >> 56 < 6 ? UInt8(ascii: "\n") : UInt8(truncatingIfNeeded: mixed >> 40)
    }

    /// Returns the bytes in a range of offsets.
    static func bytes(_ range: Range<Int64>) -> [UInt8] {
        range.map(Self.byte)
    }

    /// Returns the expected content of a closed log with this much output.
    static func log(of length: Int64, limit: Int64) -> [UInt8] {
        let half = limit / 2
        guard length > 2 * half else { return Self.bytes(0..<length) }
        let first = Self.bytes(0..<half)
        let lineFeed = first.last == UInt8(ascii: "\n") ? "" : "\n"
        let cut = lineFeed + JobLogCut.line(bytes: length - 2 * half)
        return first + cut.utf8 + Self.bytes(length - half..<length)
    }
}
