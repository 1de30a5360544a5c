// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// How a job ended, under the name that the scheduler knows it by.
///
/// The raw value is the name on the wire; ``databaseValue`` is the number that the scheduler
/// stores. Both are fixed: other programs read them.
public enum CodeImportResultStatus: String, Sendable, Hashable, CaseIterable, Codable {
    /// New work was done, all of it.
    case success = "SUCCESS"

    /// There was nothing new to do.
    case successNoChange = "SUCCESS_NOCHANGE"

    /// A part was done; the next job goes on from there.
    case successPartial = "SUCCESS_PARTIAL"

    /// The job failed, for a reason that has no status of its own.
    case failure = "FAILURE"

    /// The system around the job failed, not the job; a monitor never reports it.
    case internalFailure = "INTERNAL_FAILURE"

    /// The source is not what it is said to be, or cannot be reached.
    case failureInvalid = "FAILURE_INVALID"

    /// The source uses something that the worker cannot import.
    case failureUnsupportedFeature = "FAILURE_UNSUPPORTED_FEATURE"

    /// A policy refuses the source.
    case failureForbidden = "FAILURE_FORBIDDEN"

    /// The source's own history is broken.
    case failureRemoteBroken = "FAILURE_REMOTE_BROKEN"

    /// The scheduler took the job back because its heartbeats had stopped; a monitor never
    /// reports it.
    case reclaimed = "RECLAIMED"

    /// An operator stopped the job.
    case killed = "KILLED"

    /// The number that stands for the status in the scheduler's database.
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
        case .reclaimed: 310
        case .killed: 320
        }
    }

    /// Whether the status resets the count of failures in a row.
    public var isSuccess: Bool {
        switch self {
        case .success, .successNoChange, .successPartial: true
        case .failure, .internalFailure, .failureInvalid, .failureUnsupportedFeature,
            .failureForbidden, .failureRemoteBroken, .reclaimed, .killed:
            false
        }
    }

    /// Makes the status that a number of the scheduler's database stands for.
    ///
    /// - Returns: `nil` for a number that no status has.
    public init?(databaseValue: Int) {
        guard let status = Self.allCases.first(where: { $0.databaseValue == databaseValue }) else {
            return nil
        }
        self = status
    }
}
