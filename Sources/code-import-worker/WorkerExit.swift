// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What the worker says with its exit code; the codes are those of every code-import worker.
enum WorkerExit: Int32, CaseIterable {
    /// New revisions were imported.
    case success = 0
    /// The import failed on our side, or for a reason that is not known.
    case failure = 1
    /// There was nothing new.
    case nothingNew = 2
    /// A limit cut the import short. Nothing here has such a limit; kept because the code is taken.
    case partial = 3
    /// No such repository, or it cannot be reached or read.
    case invalid = 4
    /// The source needs something that this worker cannot do.
    case unsupported = 5
    /// Our policy refuses the source.
    case forbidden = 6
    /// The history at the source is broken.
    case remoteBroken = 7

    /// One line for the help.
    var meaning: String {
        switch self {
        case .success: "new revisions were imported (or the first clone was made)"
        case .failure: "failed: disk, lock, damaged mirror, transfer broken off, or unknown"
        case .nothingNew: "nothing has changed since the last import"
        case .partial: "cut short by a limit (never used for git)"
        case .invalid: "no such repository, or no way to it: address, network, log-in, ownership"
        case .unsupported: "unsupported: the source type, or a feature of the repository"
        case .forbidden: "forbidden: the kind of URL is refused by policy"
        case .remoteBroken: "the history at the source is broken"
        }
    }

    /// The table of all codes for the help, one a line.
    static var table: String {
        let usage = "  64  wrong usage"
        return (Self.allCases.map { "   \($0.rawValue)  \($0.meaning)" } + [usage])
            .joined(separator: "\n")
    }
}
