// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Why an import could not be done.
struct ImportFailure: Error, Equatable {
    /// What the exit code says of it.
    let exit: WorkerExit
    /// One or more whole sentences for the operator.
    let sentence: String

    /// Makes a failure.
    init(_ exit: WorkerExit, _ sentence: String) {
        self.exit = exit
        self.sentence = sentence
    }
}
