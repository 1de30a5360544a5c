// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// How the exit code of a job's process becomes a result.
public enum ExitCodeTable: String, Sendable, Hashable, CaseIterable {
    /// 0 is success, everything else is failure: what a shell thinks of a command.
    case plain

    /// The codes of a code-import worker, see ``CodeImportWorkerExitCode``; a code that is not
    /// among them is a failure.
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
            return CodeImportWorkerExitCode(rawValue: exitCode)?.status ?? .failure
        }
    }
}
