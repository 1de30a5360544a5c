// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Dispatch
import GRDB
import Reactor
import Synchronization
import TestSupport
import Testing
import WorkerMonitor

@testable import LocalScheduler

@Suite(.timeLimit(.minutes(5)))
struct `Shared store file` {
    /// Runs `body` in `count` threads at the same time, and waits for all of them.
    private func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) {
        let group = DispatchGroup()
        for number in 0..<count {
            group.enter()
            startThread {
                defer { group.leave() }
                do { try body(number) } catch { Issue.record(error) }
            }
        }
        group.wait()
    }

    @Test func `two stores on one file see each other's jobs at once`() throws {
        let fixture = try StoreFixture()
        let other = try fixture.openAnother()
        let id = try fixture.store.submit(.command(["make"]), now: at(0))
        #expect(try other.getJobForMachine("other", workerLimit: 1, now: at(0)) == id)
        #expect(try fixture.store.jobs().running.map(\.machine) == ["other"])
    }

    @Test func `of two machines that race for a job, exactly one gets it`() throws {
        let fixture = try StoreFixture()
        let winners = Mutex<[Int64: Int]>([:])
        let stores = [fixture.store, try fixture.openAnother()]
        for _ in 0..<20 {
            try fixture.store.submit(.command(["make"]), now: at(0))
            self.inThreads(2) { number in
                let got = try stores[number].getJobForMachine(
                    "m\(number)",
                    workerLimit: 100,
                    now: at(0)
                )
                if let got { winners.withLock { $0[got, default: 0] += 1 } }
            }
        }
        #expect(winners.withLock { $0.count } == 20)
        #expect(winners.withLock { $0.values.allSatisfy { $0 == 1 } })
    }

    @Test func `four machines that race for 200 jobs get each of them once`() throws {
        let fixture = try StoreFixture()
        try fixture.store.write(now: at(0)) { transaction in
            for number in 0..<200 { _ = try transaction.submit(.command(["\(number)"])) }
        }
        let path = fixture.store.path
        let claimed = Mutex<[Int64]>([])
        self.inThreads(4) { number in
            let store = try JobStore(path: path)
            while let id = try store.getJobForMachine("m\(number)", workerLimit: 1, now: at(0)) {
                claimed.withLock { $0.append(id) }
                try store.finishJob(id, report: report(.success), now: at(1))
            }
        }
        #expect(claimed.withLock { $0.sorted() } == Array(1...200))
        #expect(try fixture.store.jobs(recent: 1_000).recent.count == 200)
    }

    @Test func `an expired lease is reclaimed once when four stores try at the same time`() throws {
        let fixture = try StoreFixture()
        let id = try fixture.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        let path = fixture.store.path
        let reclaimed = Mutex<[Int64]>([])
        self.inThreads(4) { _ in
            let store = try JobStore(path: path)
            let got = try store.reclaimStaleJobs(now: at(301))
            reclaimed.withLock { $0 += got }
        }
        #expect(reclaimed.withLock { $0 } == [id])
        #expect(try fixture.store.jobs().recent.count == 1)
        #expect(try fixture.store.jobs().pending.count == 1)
    }

    @Test func `six stores can create the same new file at the same time`() throws {
        for _ in 0..<5 {
            try withFolder { folder in
                self.inThreads(6) { number in
                    let store = try JobStore(path: folder + "/jobs.sqlite")
                    try store.submit(.command(["\(number)"]), now: at(0))
                    store.close()
                }
                let store = try JobStore(path: folder + "/jobs.sqlite")
                #expect(try store.jobs().pending.map(\.id) == Array(1...6))
                store.close()
            }
        }
    }

    @Test func `six stores can migrate the same file of version 1 at the same time`() throws {
        for _ in 0..<5 {
            try withFolder { folder in
                let path = folder + "/jobs.sqlite"
                let file = try DatabaseQueue(path: path)
                try file.write { try $0.execute(sql: Version1Store.dump) }
                try file.close()
                self.inThreads(6) { _ in
                    let store = try JobStore(path: path)
                    #expect(try store.jobs().pending.map(\.id) == [5])
                    store.close()
                }
            }
        }
    }

    @Test func `a store can be read while another one writes to the same file`() throws {
        let fixture = try StoreFixture()
        let other = try fixture.openAnother()
        try fixture.store.submit(.command(["make"]), now: at(0))
        self.inThreads(2) { number in
            for round in 0..<50 {
                if number == 0 {
                    try fixture.store.submit(.command(["\(round)"]), now: at(0))
                } else {
                    #expect(try other.jobs().pending.count >= 1)
                }
            }
        }
        #expect(try other.jobs().pending.count == 51)
    }
}

#endif
