// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// The exit codes of the worker, for its help text.
enum ExitCodeHelp {
    /// One line for each exit code.
    static var table: String {
        let codes = (ProgramExitCode.workerCodes + [.usage]).sorted { $0.rawValue < $1.rawValue }
        return codes.map { code in
            let number = "\(code.rawValue)"
            return String(repeating: " ", count: 4 - number.count) + "\(number)  \(code.meaning)"
        }
        .joined(separator: "\n")
    }
}

extension ProgramExitCode {
    /// The meaning of the code when the worker exits with it, as a clause for the help text.
    fileprivate var meaning: String {
        switch self {
        case .success: "the worker imported new revisions, or made the first clone"
        case .failure: "the import failed for a reason that has no other code"
        case .nothingNew: "nothing has changed since the last import"
        case .partial: "the import succeeded, except for refs that the mirror cannot hold"
        case .invalidSource:
            "the source cannot be read (gone, no repository, login)"
        case .unsupportedFeature: "the worker does not support the source type or a feature of it"
        case .forbidden: "a policy refuses this kind of URL"
        case .remoteBroken: "the history at the source is damaged"
        case .usage: "the command line is wrong"
        case .machineFault:
            "this machine is at fault (disk, permissions, busy mirror)"
        case .temporaryFailure: "the host or the network failed for now; try again later"
        case .unavailable, .outputFailed: "(never used by the worker)"
        }
    }
}
