// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// An exit code of `worker-monitor` or `code-import-worker`.
///
/// Codes 0 to 7 are those that every code-import worker uses to report the result of an import. The
/// larger codes are those of sysexits.h, and this project's worker uses two of them, too. Both
/// programs and the monitor share this one enumeration, so that a code cannot have two meanings.
package enum ProgramExitCode: Int32, Sendable, Hashable, CaseIterable {
    /// The job succeeded; from a worker: it imported new revisions.
    case success = 0

    /// The job failed; from a worker: it failed for a reason that has no code of its own.
    ///
    /// A program that dies from an uncaught error usually exits with this code too.
    case failure = 1

    /// The worker found nothing new to import.
    ///
    /// Many option parsers exit with 2 after a usage error. Read the exit code of a command as a
    /// worker's only if the command was written for these codes.
    case nothingNew = 2

    /// A limit ended the import early. The next job continues from there.
    case partial = 3

    /// The source does not exist, is not a repository, or refuses access.
    case invalidSource = 4

    /// The source needs a feature that the worker does not have.
    case unsupportedFeature = 5

    /// A policy refuses the URL of the source.
    case forbidden = 6

    /// The history at the source is damaged.
    case remoteBroken = 7

    /// The command line is wrong (`EX_USAGE`).
    case usage = 64

    /// The scheduler or its store is unavailable (`EX_UNAVAILABLE`).
    case unavailable = 69

    /// This machine is at fault: its disk, its permissions, its settings, or a mirror that another
    /// process uses (`EX_OSERR`). The job is handed back.
    case machineFault = 71

    /// The result could not be written to standard output (`EX_IOERR`).
    case outputFailed = 74

    /// Another attempt may succeed (`EX_TEMPFAIL`).
    ///
    /// From a worker: the host of the source or the network failed for now. From the monitor: the
    /// job was handed back, because of a signal or because of a fault of this machine.
    case temporaryFailure = 75

    /// The codes with which a code-import worker reports the result of an import.
    package static let workerCodes =
        Self.allCases.filter { $0.rawValue < Self.usage.rawValue }
        + [.machineFault, .temporaryFailure]
}
