// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// A rule that maps the exit code of a worker to the status of its job.
public enum ExitCodeTable: String, Sendable, Hashable, CaseIterable {
    /// Code 0 is a success, and every other code is a failure, as in a shell.
    case plain

    /// The exit codes of a code-import worker: 0 is a success, 2 means that the source has nothing
    /// new, and 3 means that a limit ended the import early. All other codes are failures. Codes 4
    /// to 7 have a status of their own, and so have 71 (this machine is at fault) and 75 (the host
    /// of the source or the network failed for now).
    ///
    /// Use this table only for a command that was written for it. Many commands exit with code 2
    /// after a usage error.
    case `import`

    /// Returns the status of a job whose worker was not stopped by the monitor.
    ///
    /// - Parameter exitCode: The exit code of the worker, or `nil` if the worker died from a signal
    ///   or if its exit status is unknown. In every table, `nil` is a failure.
    public func status(exitCode: Int32?) -> CodeImportResultStatus {
        guard let exitCode else { return .failure }
        switch self {
        case .plain:
            return exitCode == 0 ? .success : .failure
        case .import:
            return ProgramExitCode(rawValue: exitCode)?.workerStatus ?? .failure
        }
    }

    /// Returns who is at fault for the failure that an exit code reports.
    ///
    /// - Parameter exitCode: The exit code of the worker, or `nil` as in ``status(exitCode:)``.
    /// - Returns: The fault, or `nil` if the code is no failure, or if it does not tell.
    public func fault(exitCode: Int32?) -> JobFault? {
        switch self.status(exitCode: exitCode) {
        case .failureInvalid, .failureUnsupportedFeature, .failureForbidden, .failureRemoteBroken:
            .source
        case .failureTemporary: .host
        case .internalFailure: .machine
        case .success, .successNoChange, .successPartial, .failure, .reclaimed, .killed: nil
        }
    }
}

/// The one that is at fault for the failure of an import.
///
/// Only failures of the source count when the scheduler decides whether an import is failing, and
/// failures whose fault is unknown.
public enum JobFault: String, Sendable, Hashable, Codable, CaseIterable {
    /// The source: it is gone, forbidden, unsupported or damaged, or it is not a repository.
    case source
    /// The host of the source, or the network on the way to it, which failed for now.
    case host
    /// The machine of the monitor: its disk, its permissions, its settings, or a mirror that
    /// another process uses. The job is handed back.
    case machine
}

extension ProgramExitCode {
    /// The status of a job whose worker exits with this code, or `nil` if no worker uses the code.
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
        case .machineFault: .internalFailure
        case .temporaryFailure: .failureTemporary
        case .usage, .unavailable, .outputFailed: nil
        }
    }
}
