// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// Prints the worker's lines without secrets, and with escapes for unreadable characters.
struct Report {
    var mask = SecretMask()
    /// The descriptor to print on: standard output by default.
    var descriptor: Int32 = 1

    /// A report that prints nothing.
    static let none = Report(descriptor: -1)

    /// Prints one line.
    func line(_ text: String) {
        guard self.descriptor >= 0 else { return }
        var bytes = Array(self.mask.masked(ReadableText.escaped(text)).utf8)
        bytes.append(UInt8(ascii: "\n"))
        // The worker waits for a slow reader, and so does git. If the reader has exited, the import
        // continues: its result is the exit code.
        _ = bytes.withUnsafeBytes { writeAll($0, to: self.descriptor) }
    }
}

/// Masks logins and queries of URLs, and known secrets, anywhere in a line.
struct SecretMask {
    /// The known secrets, which are masked outside of URLs, too.
    private let secrets: [String]

    /// Creates a mask for known secrets.
    ///
    /// Secrets of fewer than four bytes are ignored, because masking them would garble
    /// ordinary text.
    init(secrets: [String] = []) {
        self.secrets = secrets.filter { $0.utf8.count >= 4 }.sorted {
            $0.utf8.count > $1.utf8.count
        }
    }

    /// Returns the line with `***` in place of each secret.
    func masked(_ line: String) -> String {
        let result = URLMask.masked(line)
        return self.secrets.reduce(result) { $0.replacing($1, with: "***") }
    }
}
