// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
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
    static let table: [GitComplaint] = Self.beforeResponses + Self.afterResponses

    /// The messages that explain a failure better than the responses of the host.
    private static let beforeResponses = [Self.ofThisMachine, Self.ofThePolicy, Self.ofFeatures]
        .flatMap(\.self)

    private static let afterResponses = [
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

    /// A last part that matches only the end of a line.
    static let lineEnd = "\n"

    /// Returns whether a line contains this message.
    ///
    /// The server chooses the text after "remote: ", so it could imitate any message. Such a line
    /// matches only if the first part of this message also starts with "remote: ".
    func matches(_ line: String) -> Bool {
        if line.hasPrefix("remote: "), self.parts.first?.hasPrefix("remote: ") != true {
            return false
        }
        // A host that is out of memory or disk space may use the same words as this machine.
        if line.hasPrefix("fatal: remote error: "), self.exit == .machineFault { return false }
        var rest = line[...]
        for part in self.parts {
            if part == Self.lineEnd { return rest.isEmpty }
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
        guard let code = result.exit.code else { return Self.failure(ofKilled: result) }
        if let failure = Self.failure(of: result, in: Self.beforeResponses)
            ?? Self.httpFailure(of: result) ?? Self.failure(of: result, in: Self.ofLogin)
            ?? Self.saidFailure(of: result) ?? Self.brokenListFailure(of: result)
            ?? Self.failure(of: result, in: Self.afterResponses)
        {
            return failure
        }
        let line = result.complaints.last { $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") }
        let reason = (line ?? result.complaints.last).map { " (\($0))" } ?? ""
        return ImportFailure(.failure, "\(result.command) ended with exit code \(code).\(reason)")
    }

    /// Returns the failure if this machine is at fault, or `nil`.
    ///
    /// - Parameter path: A path that a message must not name: a wrong setting in the mirror, for
    ///   example, is a damage of the mirror.
    static func machineFault(of result: GitResult, except path: String) -> ImportFailure? {
        var other = result
        other.complaints.removeAll { $0.contains(path) && !$0.contains("dubious ownership") }
        let failure = Self.failure(of: other, in: Self.ofThisMachine)
        return failure?.exit == .machineFault ? failure : nil
    }

    private static func failure(of result: GitResult, in table: [GitComplaint]) -> ImportFailure? {
        for complaint in table {
            if let line = result.complaints.first(where: complaint.matches) {
                let line = Self.reason(of: result, insteadOf: line)
                return ImportFailure(complaint.exit, "\(complaint.sentence) (\(line))")
            }
        }
        return nil
    }

    /// The line with which git ends after any failure of ssh.
    private static let lineAfterSSH = "fatal: Could not read from remote repository."

    /// Returns the line that the report quotes.
    ///
    /// After a failure of ssh, git says only that it could not read. The host, or ssh, has given
    /// the reason before.
    private static func reason(of result: GitResult, insteadOf line: String) -> String {
        guard line == Self.lineAfterSSH else { return line }
        let end = result.complaints.firstIndex(of: line) ?? result.complaints.endIndex
        let last = result.complaints[..<end].last { complaint in
            complaint.contains { $0.isLetter } && !complaint.hasPrefix("warning: ")
        }
        return last ?? line
    }

    /// Returns the failure of a host that says in a text that a later attempt may succeed,
    /// or `nil`.
    private static func saidFailure(of result: GitResult) -> ImportFailure? {
        if let line = result.complaints.first(where: TemporaryText.isSaid) {
            return ImportFailure(
                .temporaryFailure,
                "The host refuses the request for now. (\(line))"
            )
        }
        guard let page = result.page, TemporaryText.isIn(page) else { return nil }
        return Self.temporaryPage
    }

    /// Returns the failure of a host whose list of refs arrived completely, but is none, or `nil`.
    private static func brokenListFailure(of result: GitResult) -> ImportFailure? {
        let curlFailed = result.complaints.contains {
            $0.hasPrefix("fatal: unable to access '") || $0.contains("RPC failed")
        }
        let symptoms = [
            "hung up unexpectedly", "Could not read from remote repository", "expected flush after",
        ]
        guard !curlFailed, let last = result.http.last, last.isOfRefs, last.status == 200,
            let line = result.complaints.first(where: { line in
                symptoms.contains { line.contains($0) }
            })
        else { return nil }
        return ImportFailure(
            .invalidSource,
            "There is no repository at this URL. The list of refs that the server sends is not "
                + "complete. (\(line))"
        )
    }

    static let temporaryPage = ImportFailure(
        .temporaryFailure,
        "The host sends a page about a limit or about maintenance instead of a repository."
    )

    /// Returns the failure of a git that died from a signal.
    ///
    /// Somebody on this machine sends the signals that end a process from outside; SIGKILL also
    /// comes from the kernel if memory runs out. The other signals mean a crash, which the data of
    /// the source may have caused.
    private static func failure(ofKilled result: GitResult) -> ImportFailure {
        let fromOutside: [Signal] = [.kill, .terminate, .interrupt, .hangup, .quit]
        let limits = [SIGXCPU, SIGXFSZ].map { Signal(rawValue: $0) }
        guard let signal = result.exit.signal, (fromOutside + limits).contains(signal) else {
            return ImportFailure(.failure, "\(result.command) \(result.exit).")
        }
        let memory = signal == .kill ? " Perhaps the memory of this machine ran out." : ""
        return ImportFailure(.machineFault, "\(result.command) \(result.exit).\(memory)")
    }
}
