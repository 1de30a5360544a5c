// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Why a job ended, whatever its worker's exit status then was.
public enum JobCause: String, Sendable, Hashable, Codable, CaseIterable {
    /// The worker ended by itself.
    case exit
    /// A signal that was not the monitor's ended the worker.
    case signal
    /// The worker wrote nothing for the length of the inactivity timeout.
    case inactivityTimeout = "inactivity_timeout"
    /// The worker ran for longer than it was allowed to in all.
    case deadline
    /// No heartbeat was accepted for so long that the job could have been given to somebody else.
    case heartbeatFailed = "heartbeat_failed"
    /// The scheduler does not know the job any more.
    case jobGone = "job_gone"
    /// The worker could not be started.
    case spawnFailed = "spawn_failed"
    /// The worker's output could not be written to the job's log.
    case logFailed = "log_failed"
    /// The monitor was told to stop.
    case interrupted
}
