// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// The outcome of an import that did not fail.
enum ImportOutcome: Equatable {
    /// The worker created the mirror, with these refs.
    case cloned([RefChange])
    /// The worker updated the mirror, which changed these refs.
    case fetched([RefChange])

    /// The last line of the report.
    var summary: String {
        switch self {
        case .cloned([]): "The repository is empty: it has no refs yet."
        case .cloned(let changes), .fetched(let changes): RefChange.summary(changes)
        }
    }

    var exit: ProgramExitCode { self == .fetched([]) ? .nothingNew : .success }
}

/// The error of an import that failed.
struct ImportFailure: Error, Equatable {
    /// The exit code that reports the failure.
    let exit: ProgramExitCode
    /// The reason and the remedy, in full sentences for the operator.
    let sentence: String
    /// The signal that interrupted the import, or `nil` if the import failed by itself.
    var interruption: Signal?

    init(_ exit: ProgramExitCode, _ sentence: String) {
        self.exit = exit
        self.sentence = sentence
    }
}
