// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// The worker's lines, without secrets and control characters.
struct Report {
    var mask = SecretMask()
    /// Standard output, or another.
    var descriptor: Int32 = 1

    /// Prints one line.
    func line(_ text: String) {
        var bytes = Array(self.mask.masked(ReadableText.withoutControls(text)).utf8)
        bytes.append(UInt8(ascii: "\n"))
        // The worker waits for a slow reader, and so does git. If the reader is gone the import
        // continues: its result is the exit code.
        _ = bytes.withUnsafeBytes { writeAll($0, to: self.descriptor) }
    }
}
