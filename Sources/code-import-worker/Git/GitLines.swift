// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Knows git's lines that say nothing that our own do not say better.
enum GitLines {
    /// Whether it is a line of the table of refs, or names our temporary folder.
    ///
    /// The table may have a hundred thousand lines; our last line names what has changed. A ref
    /// that was rejected ("!") is shown.
    static func isRedundant(_ line: String) -> Bool {
        if line.hasPrefix("Cloning into bare repository '") { return true }
        let start = line.utf8.prefix(3)
        guard start.count == 3, start.first == UInt8(ascii: " "), start.last == UInt8(ascii: " ")
        else { return false }
        let flag = start[start.index(after: start.startIndex)]
        return " +-t*=".utf8.contains(flag) && line.contains(" -> ")
    }
}
