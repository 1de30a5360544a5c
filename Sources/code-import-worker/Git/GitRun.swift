// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// The protocol of one git process.
///
/// The protocol writes the input to standard input, collects standard output, and passes each line
/// of standard error to a function.
final class GitProcess: ProcessProtocol {
    private(set) var output: [UInt8] = []
    private(set) var end: ProcessEnd?
    /// The number of bytes that git has written to the worker.
    private(set) var outputBytes = 0
    private var splitter = LineSplitter()
    private let input: [UInt8]
    private let lineReceived: (OutputLine) -> Void

    init(input: [UInt8], lineReceived: @escaping (OutputLine) -> Void) {
        self.input = input
        self.lineReceived = lineReceived
    }

    override func connectionMade() {
        guard !self.input.isEmpty else { return }
        // The limit of the request has room for the whole input.
        _ = self.transport?.write(self.input)
        self.transport?.closeStdin()
    }

    override func outReceived(_ data: RawSpan) {
        self.outputBytes += data.byteCount
        data.withUnsafeBytes { self.output.append(contentsOf: $0) }
    }

    override func errReceived(_ data: RawSpan) {
        self.outputBytes += data.byteCount
        self.splitter.take(data).forEach(self.lineReceived)
    }

    override func processEnded(_ end: ProcessEnd) {
        if let last = self.splitter.finish() { self.lineReceived(last) }
        self.end = end
    }
}

/// The result of one git process.
struct GitResult {
    /// The name of the command for messages, for example "git fetch".
    var command: String
    var exit: ProcessExit
    /// The bytes of standard output.
    var output: [UInt8]
    /// The last lines that git wrote to standard error, without progress.
    var complaints: [String]
    /// Whether git has reported that it received at least one object.
    var hasReceivedObjects = false
    /// The HTTP responses that git received.
    var http = HTTPTrace()
    /// The beginning of the page that the host sent instead of a repository, or `nil` if it sent
    /// none or git did not fail because of it.
    var page: String?

    /// The bytes of standard output without the last line end.
    var line: ArraySlice<UInt8> {
        self.output.last == UInt8(ascii: "\n") ? self.output.dropLast() : self.output[...]
    }

    /// Throws the failure that the complaints describe, unless git succeeded.
    func check() throws(ImportFailure) {
        guard !self.exit.isSuccess else { return }
        throw self.failure
    }

    /// The failure that the complaints describe.
    var failure: ImportFailure {
        var failure = GitComplaint.failure(of: self)
        if failure.exit == .remoteBroken, PartialClone.isNamed(in: self.complaints) {
            failure = PartialClone.failure
        }
        // A full disk or a low limit damages no mirror. To clone again would make it worse.
        let mayBeDamage = ["Permission denied", "invalid index-pack output"]
        if failure.exit != .machineFault || mayBeDamage.contains(where: failure.sentence.contains) {
            failure.evidence = DamageEvidence.lines(in: self.complaints)
        }
        return failure
    }
}

/// Recognizes lines of git that have a meaning for the worker.
enum GitLines {
    /// Returns whether a line shows the progress of receiving objects.
    static func showsReceivedObjects(_ line: String) -> Bool {
        line.hasPrefix("Receiving objects:") || line.hasPrefix("Unpacking objects:")
    }

    /// Returns whether a line is part of git's table of refs, or names the temporary folder of
    /// a clone.
    ///
    /// The table may have a hundred thousand lines, and the worker's last line summarizes it. A
    /// line for a rejected ref ("!") is not redundant.
    static func isRedundant(_ line: String) -> Bool {
        if line.hasPrefix("Cloning into bare repository '") { return true }
        // The worker clones only HEAD; see `GitImport.cloneHead`.
        if line == "warning: You appear to have cloned an empty repository." { return true }
        let start = line.utf8.prefix(3)
        guard start.count == 3, start.first == UInt8(ascii: " "), start.last == UInt8(ascii: " ")
        else { return false }
        let flag = start[start.index(after: start.startIndex)]
        return " +-t*=".utf8.contains(flag) && line.contains(" -> ")
    }
}
