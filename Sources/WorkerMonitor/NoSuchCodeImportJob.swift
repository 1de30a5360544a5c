// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The scheduler does not know the job (any more): fault 360 on Launchpad's wire.
///
/// The only failure of a scheduler that ends a job at once. The monitor then exits quietly, without
/// a finish.
public struct NoSuchCodeImportJob: Error, Sendable, Hashable, CustomStringConvertible {
    /// The code of the fault on the wire; match on it, not on the text.
    public static let faultCode = 360

    /// The job that is not there.
    public var jobID: Int64

    /// Makes the error.
    public init(jobID: Int64) {
        self.jobID = jobID
    }

    /// A full sentence.
    public var description: String { "No such code import job: \(self.jobID)." }
}
