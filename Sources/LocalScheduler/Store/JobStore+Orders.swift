// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension JobStore {
    /// Queues a job for whoever asks first.
    ///
    /// An import from Git that is known already is ordered again: its pending job is due now, or it
    /// gets a new one. One that is suspended or failing is reviewed again by that.
    ///
    /// - Returns: the job.
    /// - Throws: ``JobStoreError`` with ``JobStoreError/Code/alreadyRunning`` if a monitor that is
    ///   alive is importing it, ``JobStoreError/Code/invalidImport`` if it is marked as invalid.
    @discardableResult
    public func submit(_ order: ImportOrder, now: WallTime) throws -> Int64 {
        try self.write(now: now) { try $0.id(of: try $0.submit(order)) }
    }

    /// Makes a job and claims it at once: nobody else can get it in between.
    ///
    /// The machine's limit is for jobs that it asks for, so it does not count here, but the job
    /// counts there.
    ///
    /// - Returns: the job, which is running and has a fresh heartbeat.
    /// - Throws: as ``submit(_:now:)``, and ``JobStoreError/Code/machineNotOnline``; there is no
    ///   job then.
    public func submit(
        _ order: ImportOrder,
        claimedFor hostname: String,
        now: WallTime
    ) throws -> Int64 {
        try self.write(now: now) { transaction in
            let job = try transaction.submit(order)
            return try transaction.start(job, on: transaction.machine(hostname))
        }
    }

    /// Claims a job that waits, also before it is due.
    ///
    /// - Throws: `NoSuchCodeImportJob` if it is not there (any more), ``JobStoreError`` with
    ///   ``JobStoreError/Code/alreadyRunning`` or ``JobStoreError/Code/machineNotOnline``.
    public func claimJob(_ id: Int64, for hostname: String, now: WallTime) throws {
        try self.write(now: now) { transaction in
            let job = try transaction.job(id)
            try transaction.start(job, on: transaction.machine(hostname))
        }
    }
}
