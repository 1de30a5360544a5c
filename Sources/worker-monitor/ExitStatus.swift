// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import WorkerMonitor

/// The exit codes of the program; the larger ones are those of sysexits.h.
enum ExitStatus {
    static let failure = ExitCode(1)
    static let usage = ExitCode(64)
    static let unavailable = ExitCode(69)
    static let notPrinted = ExitCode(74)
    static let interrupted = ExitCode(75)

    /// What an outcome says to a shell.
    static func of(_ outcome: MonitorOutcome) -> ExitCode {
        switch outcome.delivery {
        // Also after an interruption: 75 says that the store has the job back.
        case .spooled, .lost: return Self.unavailable
        case .handedBack: return Self.interrupted
        case .jobGone where outcome.report.cause == .interrupted: return Self.interrupted
        case .delivered, .jobGone: return outcome.report.status.isSuccess ? .success : Self.failure
        }
    }
}
