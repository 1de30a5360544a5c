// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// How the exit code of a job's process becomes a result.
public enum ExitCodeTable: String, Sendable, Hashable, CaseIterable {
    /// 0 is success, everything else is failure: what a shell thinks of a command.
    case plain

    /// The exit codes of a code-import worker: 0 is success, 2 means that there was nothing new, 3
    /// that a limit ended the import early, and 1 and 4 to 7 are failures. Every other code is a
    /// failure, too.
    ///
    /// Many option parsers exit with 2 after a usage error. Use this table only for a command that
    /// was written for it.
    case `import`

    /// Gives the result of a process that ended by itself.
    ///
    /// - Parameter exitCode: the process's exit code; `nil` when a signal ended it, or when
    ///   nobody could learn how it ended. Both are failures in every table.
    public func status(exitCode: Int32?) -> CodeImportResultStatus {
        guard let exitCode else { return .failure }
        switch self {
        case .plain:
            return exitCode == 0 ? .success : .failure
        case .import:
            return ProgramExitCode(rawValue: exitCode)?.workerStatus ?? .failure
        }
    }
}

extension ProgramExitCode {
    /// The result of a worker that exits with this code, or `nil` if no worker does.
    package var workerStatus: CodeImportResultStatus? {
        switch self {
        case .success: .success
        case .failure: .failure
        case .nothingNew: .successNoChange
        case .partial: .successPartial
        case .invalidSource: .failureInvalid
        case .unsupportedFeature: .failureUnsupportedFeature
        case .forbidden: .failureForbidden
        case .remoteBroken: .failureRemoteBroken
        case .usage, .unavailable, .outputFailed, .interrupted: nil
        }
    }
}
