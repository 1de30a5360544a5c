// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What a code-import worker says about its job with its exit code.
///
/// Other codes have no meaning of their own. The usual option parsers also leave with 2, so a
/// command that was not written for this table must not be read by it: see ``ExitCodeTable``.
public enum CodeImportWorkerExitCode: Int32, Sendable, Hashable, CaseIterable {
    /// New revisions were imported.
    case success = 0

    /// The import failed; also what an uncaught error leaves with.
    case failure = 1

    /// There was nothing new to import.
    case successNoChange = 2

    /// A limit cut the import short; the rest comes with the next job.
    case successPartial = 3

    /// The source does not exist, cannot be reached, or is no repository.
    case failureInvalid = 4

    /// The source uses a feature that the worker cannot import.
    case failureUnsupportedFeature = 5

    /// A policy refuses the source's URL.
    case failureForbidden = 6

    /// The source's history is broken.
    case failureRemoteBroken = 7

    /// The status that the monitor reports for this code.
    public var status: CodeImportResultStatus {
        switch self {
        case .success: .success
        case .failure: .failure
        case .successNoChange: .successNoChange
        case .successPartial: .successPartial
        case .failureInvalid: .failureInvalid
        case .failureUnsupportedFeature: .failureUnsupportedFeature
        case .failureForbidden: .failureForbidden
        case .failureRemoteBroken: .failureRemoteBroken
        }
    }
}
