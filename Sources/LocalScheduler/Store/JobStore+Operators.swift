// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What operators, and the program on their behalf, ask for.
extension JobStore {
    /// Takes every job from its monitor whose heartbeat is older than the reclaim age.
    ///
    /// ``getJobForMachine(_:workerLimit:now:)`` does the same first of all. Call this now and then
    /// where nobody asks for jobs for long.
    ///
    /// - Returns: the jobs that were taken. Those that go on in their place have other ids.
    @discardableResult
    public func reclaimStaleJobs(now: WallTime) throws -> [Int64] {
        try self.write(now: now) { try $0.reclaimStaleJobs() }
    }

    /// Ends a job that waits or runs, and suspends its import, so that it does not come back by
    /// itself.
    ///
    /// The monitor of one that runs stops its worker when it learns of it, at its next heartbeat.
    public func cancelJob(_ id: Int64, now: WallTime) throws {
        try self.write(now: now) { try $0.cancel(id) }
    }

    /// Says whether an import may have jobs.
    ///
    /// One that may not loses the job that waits, but not one that runs. One that is reviewed
    /// again, and has an interval, gets a job for when it is next due.
    public func setReviewStatus(
        _ status: ReviewStatus,
        ofImport id: Int64,
        now: WallTime
    ) throws {
        try self.write(now: now) { try $0.setReviewStatus(status, ofImport: id) }
    }

    /// Removes an import with its job, also if that runs, its results and its events.
    ///
    /// The monitor of a job that runs stops its worker when it learns of it, at its next heartbeat.
    public func deleteImport(_ id: Int64, now: WallTime) throws {
        try self.write(now: now) { try $0.deleteImport(id) }
    }

    /// Says whether a machine, which must have asked for jobs before, is to take jobs.
    public func setState(
        _ state: MachineState,
        ofMachine hostname: String,
        now: WallTime
    ) throws {
        try self.write(now: now) { try $0.setState(state, ofMachine: hostname) }
    }
}
