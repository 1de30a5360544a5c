// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension StoreTransaction {
    /// The machine of that name; one that was not known is online.
    func machine(_ hostname: String) throws -> MachineRecord {
        if let machine = try MachineRecord.fetchOne(self.db, key: hostname) { return machine }
        let machine = MachineRecord(hostname: hostname, state: .online, heartbeat: self.now)
        try machine.insert(self.db)
        return machine
    }

    /// How many jobs the machine has, dead or alive.
    func runningJobs(on hostname: String) throws -> Int {
        let count = try Int.fetchOne(
            self.db,
            sql: "SELECT count(*) FROM jobs WHERE state = 'RUNNING' AND machine = ?",
            arguments: [hostname]
        )
        return count ?? 0
    }

    /// Says whether a machine is to take jobs.
    func setState(_ state: MachineState, ofMachine hostname: String) throws {
        guard var machine = try MachineRecord.fetchOne(self.db, key: hostname) else {
            throw self.error(
                .noSuchMachine,
                "no machine \(hostname) has asked for jobs yet. Check its name, or let it ask first."
            )
        }
        machine.state = state
        try machine.update(self.db)
    }
}
