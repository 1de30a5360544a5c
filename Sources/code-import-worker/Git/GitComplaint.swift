// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// A message of git, and its meaning for the import.
struct GitComplaint {
    /// The texts that a line must contain, in this order.
    let parts: [String]
    /// The message of git 2.39, word for word.
    let example: String
    let exit: ProgramExitCode
    /// The meaning and the remedy, in sentences for the operator.
    let sentence: String

    /// All known messages.
    ///
    /// Specific messages come before vague ones.
    static let table: [GitComplaint] = [
        Self.ofThisMachine, Self.ofThePolicy, Self.ofOwnership, Self.ofFeatures,
        Self.ofBrokenHistory, Self.ofLogin, Self.ofMissingRepository, Self.ofTheNetwork,
        Self.ofInterruption, Self.vague,
    ].flatMap(\.self)

    /// Returns one row of the table.
    static func says(
        _ parts: String...,
        example: String,
        _ exit: ProgramExitCode,
        _ sentence: String
    ) -> GitComplaint {
        GitComplaint(parts: parts, example: example, exit: exit, sentence: sentence)
    }

    /// Returns whether a line contains this message.
    ///
    /// The server chooses the text after "remote: ", so it could imitate any message. Such a line
    /// matches only if the first part of this message also starts with "remote: ".
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

    /// Returns the failure that the complaints of an unsuccessful git process describe.
    ///
    /// The order of the table decides, not the order of the lines, because git often writes its
    /// vaguest message first.
    static func failure(of result: GitResult) -> ImportFailure {
        guard let code = result.exit.code else {
            return ImportFailure(.failure, "\(result.command) \(result.exit).")
        }
        for complaint in Self.table {
            if let line = result.complaints.first(where: complaint.matches) {
                return ImportFailure(complaint.exit, "\(complaint.sentence) (\(line))")
            }
        }
        let line = result.complaints.last { $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") }
        let reason = (line ?? result.complaints.last).map { " (\($0))" } ?? ""
        return ImportFailure(.failure, "\(result.command) ended with exit code \(code).\(reason)")
    }
}
