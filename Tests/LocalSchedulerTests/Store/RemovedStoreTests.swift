// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import LocalScheduler
import Testing
import WorkerMonitor

@Suite final class `A store whose file` {
    private let fixture: StoreFixture
    private var store: JobStore { self.fixture.store }
    private let job: Int64

    init() throws {
        self.fixture = try StoreFixture()
        self.job = try self.fixture.store.submit(
            .command(["make"]),
            claimedFor: "worker",
            now: at(0)
        )
    }

    private func remove() throws {
        for end in ["", "-wal", "-shm"] {
            try FileManager.default.removeItem(atPath: self.store.path + end)
        }
    }

    private func error(_ body: () throws -> Void) -> JobStoreError? {
        do {
            try body()
            return nil
        } catch {
            return error as? JobStoreError
        }
    }

    private func finishError() -> JobStoreError? {
        self.error { try self.store.finishJob(self.job, report: report(.success), now: at(1)) }
    }

    @Test func `was removed says so, and that no further try helps`() throws {
        try self.remove()
        let error = self.finishError()
        #expect(error?.code == .removed)
        #expect(error?.isLasting == true)
        #expect(error?.description.contains(self.store.path) == true)
        #expect(
            self.error { try self.store.updateHeartbeat(ofJob: 1, logTail: "", now: at(1)) } != nil
        )
        #expect(self.error { _ = try self.store.jobs() }?.code == .removed)
    }

    @Test func `cannot be looked for is not taken for removed`() throws {
        // As with a folder that may not be entered any more: ELOOP is an error that root gets too.
        let folder = (self.store.path as NSString).deletingLastPathComponent
        let aside = folder + "-aside"
        try FileManager.default.moveItem(atPath: folder, toPath: aside)
        try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: folder)
        defer {
            try? FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.moveItem(atPath: aside, toPath: folder)
        }
        #expect(self.finishError()?.code != .removed)
    }

    @Test func `was replaced does nothing to the new one`() throws {
        try self.remove()
        let new = try JobStore(path: self.store.path)
        #expect(try new.submit(.command(["other"]), claimedFor: "worker", now: at(1)) == self.job)
        #expect(self.finishError()?.code == .removed)
        #expect(try new.jobs().running.map(\.id) == [self.job])
    }

    @Test func `is back goes on`() throws {
        let away = self.store.path + ".away"
        try FileManager.default.moveItem(atPath: self.store.path, toPath: away)
        #expect(self.finishError()?.code == .removed)
        try FileManager.default.moveItem(atPath: away, toPath: self.store.path)
        #expect(self.finishError() == nil)
        #expect(try self.store.jobs().recent.map(\.jobID) == [self.job])
    }

    @Test func `is locked waits for nobody once the busyTimeout is over`() throws {
        let busyTimeout = BusyTimeout()
        let patient = try JobStore(path: self.store.path, busyTimeout: busyTimeout)
        defer { patient.close() }
        let holder = try LockedStore(self.store.path)
        let waiting = Thread {
            // The event to wait for would be that SQLite waits, which it does not tell; ended
            // before or meanwhile, the answer is the same.
            busyTimeout.cancel()
        }
        waiting.start()
        let began = ContinuousClock.now
        let error = self.error { try patient.updateHeartbeat(ofJob: 1, logTail: "", now: at(1)) }
        #expect(error?.code == .busy)
        #expect(error?.isLasting == false)
        #expect(ContinuousClock.now - began < .seconds(2))
        holder.release()
        try patient.updateHeartbeat(ofJob: self.job, logTail: "", now: at(1))
    }
}

#endif
