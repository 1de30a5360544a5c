// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// A message of git's, and what it means for the import.
struct GitComplaint {
    /// A line with all of these in it, in this order, is such a message.
    let parts: [String]
    /// What git 2.39 writes, word for word.
    let example: String
    let exit: ProgramExitCode
    /// What it means, and what to do, for the operator.
    let sentence: String

    /// Whether `line` is such a message.
    ///
    /// What the other side says ("remote: ...") counts only where it is asked for: it could say
    /// anything.
    func matches(_ line: String) -> Bool {
        if line.hasPrefix("remote: "), self.parts.first?.hasPrefix("remote: ") != true {
            return false
        }
        var rest = line[...]
        for part in self.parts {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }

    /// What a run that did not succeed means.
    ///
    /// The order of the table decides, not that of the lines: git's first words are often the
    /// vaguest.
    static func failure(of result: GitResult) -> ImportFailure {
        guard let code = result.exit.code else {
            return ImportFailure(.failure, "\(result.command) \(result.exit).")
        }
        for complaint in Self.table {
            if let line = result.complaints.first(where: complaint.matches) {
                return ImportFailure(complaint.exit, "\(complaint.sentence) (\(line))")
            }
        }
        let words = result.complaints.last { $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") }
        let reason = (words ?? result.complaints.last).map { " (\($0))" } ?? ""
        return ImportFailure(.failure, "\(result.command) ended with exit code \(code).\(reason)")
    }
}
