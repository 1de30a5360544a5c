// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// How a run of git went.
struct GitResult {
    /// What was run, for messages: "git fetch".
    var command: String
    var exit: ProcessExit
    var output: String
    /// What it wrote to standard error, without progress: the last lines.
    var complaints: [String]

    /// Throws what the complaints mean, unless git has succeeded.
    func check() throws(ImportFailure) {
        guard !self.exit.isSuccess else { return }
        throw GitComplaint.failure(of: self)
    }
}
