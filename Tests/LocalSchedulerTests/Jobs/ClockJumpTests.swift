// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import GRDB
import Glibc
import TestSupport
import Testing
import WorkerMonitor

@testable import LocalScheduler

/// A process that does nothing, to stand for a monitor.
private final class Sleeper {
    let pid: pid_t

    init() throws {
        var pid: pid_t = 0
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("1000"), nil]
        defer { for argument in arguments { free(argument) } }
        guard posix_spawnp(&pid, "sleep", nil, nil, arguments, nil) == 0 else {
            throw TestFailure("cannot start sleep")
        }
        self.pid = pid
    }

    /// Waits until the process has changed its state, without reaping it.
    func wait(for event: Int32) {
        var info = siginfo_t()
        while waitid(P_PID, id_t(self.pid), &info, event | WNOWAIT) != 0, errno == EINTR {}
    }

    deinit {
        kill(self.pid, SIGKILL)
        waitpid(self.pid, nil, 0)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Jump of the clock` {
    private let folder: TemporaryFolder
    private let me: MonitorProcess

    init() throws {
        self.folder = try TemporaryFolder()
        self.me = try #require(MonitorProcess.current)
    }

    private func open(uptime: Int64 = 0) throws -> JobStore {
        try JobStore(
            path: self.folder.path + "/jobs.sqlite",
            settings: SchedulerSettings(),
            leases: LeaseRules(observer: self.me, uptime: { uptime * 1_000_000 })
        )
    }

    /// Returns a store with a running job, claimed at 0 by a monitor.
    private func store(_ monitor: MonitorProcess?) throws -> JobStore {
        let store = try self.open()
        _ = try store.submit(.hourly(), claimedFor: "worker", by: monitor, now: at(0))
        return store
    }

    private static let jumps: [Double] = [-31_536_000, -86_400, -301, 301, 600, 86_400, 31_536_000]

    @Test(arguments: jumps)
    func `a live monitor on the same machine keeps its job`(seconds: Double) throws {
        let store = try self.store(self.me)
        #expect(try store.reclaimStaleJobs(now: at(seconds)) == [])
        #expect(try store.getJobForMachine("worker", workerLimit: 9, now: at(seconds)) == nil)
        let error = storeError { try store.submit(.hourly(), now: at(seconds)) }
        #expect(error?.code == .alreadyRunning)
        #expect(error?.detail.contains("Its monitor is process \(getpid()).") == true)
        try store.updateHeartbeat(ofJob: 1, logTail: "", now: at(seconds))
        try store.finishJob(1, report: report(.success), now: at(0))
    }

    @Test func `a stopped monitor keeps its job`() throws {
        let sleeper = try Sleeper()
        let store = try self.store(MonitorProcess(pid: sleeper.pid))
        kill(sleeper.pid, SIGSTOP)
        sleeper.wait(for: WSTOPPED)
        #expect(try store.reclaimStaleJobs(now: at(3600)) == [])
    }

    @Test(arguments: [-600.0, 301])
    func `a monitor that died loses its job after the lease, also as a zombie`(
        seconds: Double
    ) throws {
        let sleeper = try Sleeper()
        let store = try self.store(MonitorProcess(pid: sleeper.pid))
        kill(sleeper.pid, SIGKILL)
        sleeper.wait(for: WEXITED)
        #expect(try store.reclaimStaleJobs(now: at(300)) == [])
        #expect(try store.reclaimStaleJobs(now: at(-300)) == [])
        #expect(try store.reclaimStaleJobs(now: at(seconds)) == [1])
    }

    @Test func `another process with the number of a dead monitor does not keep its job`() throws {
        var earlier = self.me
        earlier.start -= 1
        #expect(try self.store(earlier).reclaimStaleJobs(now: at(301)) == [1])
    }

    @Test func `a monitor before the last boot does not keep its job`() throws {
        var earlier = self.me
        earlier.boot = "another"
        #expect(try self.store(earlier).reclaimStaleJobs(now: at(301)) == [1])
    }

    @Test(arguments: jumps)
    func `the age of a heartbeat from another container is taken from the uptime`(
        seconds: Double
    ) throws {
        var other = self.me
        other.namespace = 1
        try self.store(other).close()
        #expect(try self.open(uptime: 300).reclaimStaleJobs(now: at(seconds)) == [])
        let beaten = try self.open(uptime: 200)
        try beaten.updateHeartbeat(ofJob: 1, logTail: "", now: at(0))
        #expect(try self.open(uptime: 500).reclaimStaleJobs(now: at(seconds)) == [])
        #expect(try self.open(uptime: 501).reclaimStaleJobs(now: at(seconds)) == [1])
    }

    @Test func `a heartbeat further ahead than the lease is no sign of life`() throws {
        for ahead in [300, 301, 31_536_000] as [Double] {
            let fixture = try StoreFixture()
            let order = ImportOrder.hourly()
            let id = try fixture.store.submit(order, claimedFor: "worker", now: at(ahead))
            if ahead == 300 {
                #expect(throws: JobStoreError.self) { try fixture.store.submit(order, now: at(0)) }
            } else {
                #expect(try fixture.store.submit(order, now: at(0)) > id)
                #expect(try fixture.store.history(id).last == .reclaim)
            }
        }
    }

    @Test func `the next job is due one interval from now if the clock was ahead at the start`()
        throws
    {
        let store = try self.open()
        let id = try store.submit(.hourly(), claimedFor: "worker", now: at(31_536_000))
        try store.updateHeartbeat(ofJob: id, logTail: "", now: at(0))
        try store.finishJob(id, report: report(.success), now: at(10))
        #expect(try store.onlyPendingJob()?.dateDue == at(3_610))
    }

    @Test func `a job that was created while the clock was ahead is due once the clock is right`()
        throws
    {
        let store = try self.open()
        let year = 31_536_000.0
        let id = try store.submit(.hourly(), claimedFor: "worker", now: at(year))
        try store.finishJob(id, report: report(.success), now: at(year))
        #expect(try store.onlyPendingJob()?.dateDue == at(year + 3_600))
        #expect(try store.getJobForMachine("worker", workerLimit: 1, now: at(year)) == nil)
        #expect(try store.getJobForMachine("worker", workerLimit: 1, now: at(0)) == id + 1)
    }

    @Test func `a job that waits after failures is not due early`() throws {
        let store = try self.open()
        let id = try store.submit(.hourly(), claimedFor: "worker", now: at(0))
        try store.finishJob(id, report: report(.failure), now: at(0))
        try store.runDueJob(.failure, from: at(3_600))
        try store.runDueJob(.failure, from: at(3 * 3_600))
        try store.runDueJob(.failure, from: at(7 * 3_600))
        #expect(try store.getJobForMachine("worker", workerLimit: 1, now: at(8 * 3_600)) == nil)
    }

    @Test func `the identity of a process survives the store`() throws {
        let store = try self.store(self.me)
        let job = try #require(try store.read { try JobRecord.fetchOne($0, key: 1) })
        #expect(job.monitor == self.me)
        #expect(self.me.isAlive(seenBy: self.me) == true)
        #expect(MonitorProcess(pid: 0) == nil)
    }
}

#endif
