// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension StoreTransaction {
    /// Claims the next job for a machine: dead jobs first lose theirs, then the machine must take
    /// jobs and have room, then those come that somebody waits for, then those that were due first.
    func pickJob(for hostname: String, workerLimit: Int) throws -> Int64? {
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
        return try self.start(job, on: machine)
    }

    /// Gives a job that waits to a machine that takes jobs.
    @discardableResult
    func start(_ job: JobRecord, on machine: MachineRecord) throws -> Int64 {
        guard job.state == .pending else { throw try self.alreadyRunning(job) }
        guard machine.state == .online else {
            throw self.error(
                .machineNotOnline,
                "\(machine.hostname) is \(machine.state.rawValue) and takes no jobs. Put it online first."
            )
        }
        var job = job
        job.state = .running
        job.dateStarted = self.now
        job.heartbeat = self.now
        job.logTail = ""
        job.machine = machine.hostname
        try job.update(self.db)
        try self.record(.start, of: job)
        return try self.id(of: job)
    }

    /// Takes down that a running job is alive.
    func beat(_ id: Int64, logTail: String) throws {
        var job = try self.runningJob(id)
        job.heartbeat = self.now
        job.logTail = logTail
        try job.update(self.db)
    }

    private func nextDueJob() throws -> JobRecord? {
        try JobRecord.fetchOne(
            self.db,
            sql: """
                SELECT * FROM jobs WHERE state = 'PENDING' AND date_due <= ?
                ORDER BY requested_by_user DESC, date_due, id LIMIT 1
                """,
            arguments: [self.now.microseconds]
        )
    }
}
