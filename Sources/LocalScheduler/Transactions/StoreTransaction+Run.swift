// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB

extension StoreTransaction {
    /// Claims the next due job for a machine.
    ///
    /// The store first reclaims the jobs whose leases have expired. Otherwise such a job would
    /// count towards the limit of this machine and block its import.
    func pickJob(
        for hostname: String,
        by monitor: MonitorProcess?,
        workerLimit: Int
    ) throws -> Int64? {
        try self.reclaimStaleJobs()
        var machine = try self.machine(hostname)
        let running = try self.runningJobs(on: hostname)
        switch machine.state {
        case .offline:
            return nil
        case .quiescing:
            machine.heartbeat = self.now
            if running == 0 { machine.state = .offline }
            try machine.update(self.db)
            return nil
        case .online:
            machine.heartbeat = self.now
            try machine.update(self.db)
        }
        guard running < workerLimit, let job = try self.nextDueJob() else { return nil }
        return try self.start(job, on: machine, by: monitor)
    }

    /// Gives a pending job to a machine that is online.
    @discardableResult
    func start(
        _ job: JobRecord,
        on machine: MachineRecord,
        by monitor: MonitorProcess? = nil
    ) throws -> Int64 {
        guard job.state == .pending else { throw try self.alreadyRunning(job) }
        guard machine.state == .online else {
            throw self.error(
                .machineNotOnline,
                "machine \(machine.hostname) is \(machine.state.rawValue) and gets no jobs. Set it online first."
            )
        }
        var job = job
        job.state = .running
        job.dateStarted = self.now
        job.heartbeat = self.now
        job.logTail = ""
        job.machine = machine.hostname
        job.monitor = monitor
        job.heartbeatUptime = self.leases.uptime()
        try job.update(self.db)
        try self.record(.start, of: job)
        return try self.id(of: job)
    }

    /// Renews the lease of a running job.
    func beat(_ id: Int64, logTail: String) throws {
        var job = try self.runningJob(id)
        job.heartbeat = self.now
        job.heartbeatUptime = self.leases.uptime()
        job.logTail = logTail
        try job.update(self.db)
    }

    /// Returns the due job that comes first.
    ///
    /// A job of a periodic import that is due later than any rule allows is due, too: the clock was
    /// ahead when the job was created, and has been put right since. No rule makes a job wait for
    /// longer than a day and than the interval after the last failure before the limit.
    private func nextDueJob() throws -> JobRecord? {
        try JobRecord.fetchOne(
            self.db,
            sql: """
                SELECT jobs.* FROM jobs JOIN imports ON imports.id = jobs.import_id
                WHERE state = 'PENDING' AND (
                    date_due <= :now
                    OR date_due - :now > max(interval * :longestBackOff, :day) + :day
                )
                ORDER BY requested_by_user DESC, date_due, jobs.id LIMIT 1
                """,
            arguments: [
                "now": self.now.microseconds,
                "longestBackOff": 1 << min(max(self.settings.failureLimit, 1), 30),
                "day": 86_400_000_000,
            ]
        )
    }

    // MARK: - Machines

    /// Returns the machine with this name, and creates it in the state `online` if the store does
    /// not have it yet.
    func machine(_ hostname: String) throws -> MachineRecord {
        if let machine = try MachineRecord.fetchOne(self.db, key: hostname) { return machine }
        let machine = MachineRecord(hostname: hostname, state: .online, heartbeat: self.now)
        try machine.insert(self.db)
        return machine
    }

    /// Returns the number of running jobs of a machine.
    private func runningJobs(on hostname: String) throws -> Int {
        let count = try Int.fetchOne(
            self.db,
            sql: "SELECT count(*) FROM jobs WHERE state = 'RUNNING' AND machine = ?",
            arguments: [hostname]
        )
        return count ?? 0
    }

    /// Sets whether a machine gets jobs.
    func setState(_ state: MachineState, ofMachine hostname: String) throws {
        guard var machine = try MachineRecord.fetchOne(self.db, key: hostname) else {
            throw self.error(
                .noSuchMachine,
                "no machine named \(hostname) has asked for jobs yet. Check the name, or start a "
                    + "monitor on it first."
            )
        }
        machine.state = state
        try machine.update(self.db)
    }
}

#endif
