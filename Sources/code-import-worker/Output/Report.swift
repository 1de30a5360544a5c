// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The worker's lines, without secrets and control characters.
struct Report {
    var mask = SecretMask()
    /// Standard output, or another.
    var descriptor: Int32 = 1

    /// Prints one line.
    func line(_ text: String) {
        var bytes = Array(self.mask.masked(ReadableText.of(text)).utf8)
        bytes.append(UInt8(ascii: "\n"))
        self.write(bytes[...])
    }

    // Waits for who reads us, and git with us: that is what a slow reader wants. A reader that has
    // gone is no reason to stop the import; its outcome is the exit code.
    private func write(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(self.descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return }
            rest = rest.dropFirst(count)
        }
    }
}
