// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

/// The operations for operators, and for programs that act on their behalf.
extension JobStore {
    // MARK: - Orders

    /// Creates a pending job for an order.
    ///
    /// If the store already has the Git import that the order names, its pending job becomes due
    /// now, or it gets a new job. An import that is suspended or failing becomes reviewed again.
    ///
    /// - Returns: The id of the job.
    /// - Throws: ``JobStoreError`` with ``JobStoreError/Code/alreadyRunning`` if a monitor with a
    ///   valid lease runs the import, and with ``JobStoreError/Code/invalidImport`` if the import
    ///   is marked as invalid.
    @discardableResult
    public func submit(_ order: ImportOrder, now: WallTime) throws -> Int64 {
        try self.write(now: now) { try $0.id(of: try $0.submit(order)) }
    }

    /// Creates a job and claims it in the same transaction, so that no other machine can get it.
    ///
    /// The worker limit of the machine does not apply to this job. The job does count towards the
    /// limit when the machine asks for jobs.
    ///
    /// - Parameters:
    ///   - order: The order.
    ///   - hostname: The name of the machine.
    ///   - monitor: The process that will run the job, or `nil` if it is not known. While that
    ///     process lives on this machine, the job is not reclaimed.
    ///   - now: The current time.
    /// - Returns: The id of a running job with a fresh heartbeat.
    /// - Throws: The errors of ``submit(_:now:)``, and ``JobStoreError/Code/machineNotOnline``. If
    ///   the method throws, it creates no job.
    public func submit(
        _ order: ImportOrder,
        claimedFor hostname: String,
        by monitor: MonitorProcess? = nil,
        now: WallTime
    ) throws -> Int64 {
        try self.write(now: now) { transaction in
            let job = try transaction.submit(order)
            return try transaction.start(job, on: transaction.machine(hostname), by: monitor)
        }
    }

    /// Claims a pending job, also before it is due.
    ///
    /// - Throws: `NoSuchCodeImportJob` if the store has no such job; ``JobStoreError`` with
    ///   ``JobStoreError/Code/alreadyRunning`` or ``JobStoreError/Code/machineNotOnline``.
    public func claimJob(
        _ id: Int64,
        for hostname: String,
        by monitor: MonitorProcess? = nil,
        now: WallTime
    ) throws {
        try self.write(now: now) { transaction in
            let job = try transaction.job(id)
            try transaction.start(job, on: transaction.machine(hostname), by: monitor)
        }
    }

    // MARK: - Jobs, imports and machines

    /// Reclaims every job whose lease has expired.
    ///
    /// ``getJobForMachine(_:by:workerLimit:now:)`` does so as its first step. Call this method
    /// periodically if no machine asks for jobs for a long time.
    ///
    /// - Returns: The ids of the reclaimed jobs. The jobs that replace them have other ids.
    @discardableResult
    public func reclaimStaleJobs(now: WallTime) throws -> [Int64] {
        try self.write(now: now) { try $0.reclaimStaleJobs() }
    }

    /// Ends a pending or running job, and suspends its import, so that no other job follows.
    ///
    /// The monitor of a running job stops its worker at its next heartbeat.
    public func cancelJob(_ id: Int64, now: WallTime) throws {
        try self.write(now: now) { try $0.cancel(id) }
    }

    /// Sets whether an import may have jobs.
    ///
    /// An import that may not have jobs loses its pending job; a running job continues. An import
    /// that becomes reviewed and has an interval gets a job for its next due time.
    public func setReviewStatus(
        _ status: ReviewStatus,
        ofImport id: Int64,
        now: WallTime
    ) throws {
        try self.write(now: now) { try $0.setReviewStatus(status, ofImport: id) }
    }

    /// Deletes an import with its job, its results and its events.
    ///
    /// The monitor of a running job stops its worker at its next heartbeat.
    public func deleteImport(_ id: Int64, now: WallTime) throws {
        try self.write(now: now) { try $0.deleteImport(id) }
    }

    /// Sets whether a machine gets jobs.
    ///
    /// - Throws: ``JobStoreError`` with ``JobStoreError/Code/noSuchMachine`` if the machine has
    ///   never asked for a job.
    public func setState(
        _ state: MachineState,
        ofMachine hostname: String,
        now: WallTime
    ) throws {
        try self.write(now: now) { try $0.setState(state, ofMachine: hostname) }
    }
}

#endif
