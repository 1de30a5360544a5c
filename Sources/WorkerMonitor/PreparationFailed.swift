// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A job could not be brought to the start of its worker.
///
/// Says with it what that means for the job: errors of a scheduler and of a log's maker can be of
/// any type, also of one that means something else when it comes from a worker.
struct PreparationFailed: Error, CustomStringConvertible {
    /// Why the job ended.
    var cause: JobCause
    /// What went wrong.
    var reason: any Error

    var description: String { "\(self.reason)" }
}
