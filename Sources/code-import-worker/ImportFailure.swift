// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// Why an import could not be done.
struct ImportFailure: Error, Equatable {
    /// What the exit code says of it.
    let exit: ProgramExitCode
    /// One or more whole sentences for the operator.
    let sentence: String

    /// Makes a failure.
    init(_ exit: ProgramExitCode, _ sentence: String) {
        self.exit = exit
        self.sentence = sentence
    }
}
