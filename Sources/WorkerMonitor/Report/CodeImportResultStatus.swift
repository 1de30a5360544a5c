// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The result of a job as the scheduler records it.
///
/// The raw value is the name in interfaces and in JSON. The ``databaseValue`` is the number in the
/// scheduler's database. Neither may change, because other programs read both.
public enum CodeImportResultStatus: String, Sendable, Hashable, CaseIterable, Codable {
    /// The job did all of its work.
    case success = "SUCCESS"

    /// The job found nothing new to do.
    case successNoChange = "SUCCESS_NOCHANGE"

    /// The job did a part of its work, and the next job continues from there.
    case successPartial = "SUCCESS_PARTIAL"

    /// The job failed for a reason that has no status of its own.
    case failure = "FAILURE"

    /// The system around the job failed, not the job.
    ///
    /// A monitor reports this status only for a job that it hands back because of a fault of this
    /// machine, so it is never the result of a job.
    case internalFailure = "INTERNAL_FAILURE"

    /// The source does not exist, refuses access, or is not a repository of the expected kind.
    case failureInvalid = "FAILURE_INVALID"

    /// The source uses a feature that the worker cannot import.
    case failureUnsupportedFeature = "FAILURE_UNSUPPORTED_FEATURE"

    /// A policy forbids importing the source.
    case failureForbidden = "FAILURE_FORBIDDEN"

    /// The history of the source is broken.
    case failureRemoteBroken = "FAILURE_REMOTE_BROKEN"

    /// The host of the source or the network failed for now, and a later job may succeed.
    ///
    /// The status says nothing about the source, so it neither counts as a failure of the import
    /// nor resets the number of failures. Launchpad does not have this status.
    case failureTemporary = "FAILURE_TEMPORARY"

    /// The scheduler reclaimed the job because its lease had expired. A monitor never reports
    /// this status.
    case reclaimed = "RECLAIMED"

    /// An operator stopped the job. A monitor never reports this status.
    case killed = "KILLED"

    /// The number of the status in the scheduler's database.
    public var databaseValue: Int {
        switch self {
        case .success: 100
        case .successNoChange: 110
        case .successPartial: 120
        case .failure: 200
        case .internalFailure: 210
        case .failureInvalid: 220
        case .failureUnsupportedFeature: 230
        case .failureForbidden: 240
        case .failureRemoteBroken: 250
        case .failureTemporary: 260
        case .reclaimed: 310
        case .killed: 320
        }
    }

    /// Whether the status resets the number of consecutive failures of an import.
    public var isSuccess: Bool {
        switch self {
        case .success, .successNoChange, .successPartial: true
        case .failure, .internalFailure, .failureInvalid, .failureUnsupportedFeature,
            .failureForbidden, .failureRemoteBroken, .failureTemporary, .reclaimed, .killed:
            false
        }
    }

    /// Creates the status that has a number in the scheduler's database.
    ///
    /// - Returns: The status, or `nil` if no status has this number.
    public init?(databaseValue: Int) {
        guard let status = Self.allCases.first(where: { $0.databaseValue == databaseValue }) else {
            return nil
        }
        self = status
    }
}
