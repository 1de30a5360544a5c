// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// What an import that did not fail came to.
enum ImportOutcome: Equatable {
    /// A mirror was made, with these refs.
    case cloned([RefChange])
    /// The mirror was brought up to date, which changed these.
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
