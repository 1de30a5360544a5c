// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `An order` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    private func code(_ body: () throws -> Void) -> JobStoreError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? JobStoreError)?.code
        }
    }

    @Test func `shows people no secret of a URL, and the worker all of it`() throws {
        let url = "https://u:s3cret@h/x?token=s3cret"
        let order = ImportOrder.git(url: url, into: "/m", arguments: [url], every: nil)
        let id = try self.store.submit(order, claimedFor: "worker", now: at(0))
        let what = try #require(try self.store.onlyImport())
        #expect(what.title == "https://***@h/x?token=***")
        #expect(what.url == url)
        #expect(try self.store.importData(ofJob: id).arguments == [url])
        let error = #expect(throws: JobStoreError.self) {
            try self.store.submit(order, claimedFor: "worker", now: at(1))
        }
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test func `makes a job that is due now`() throws {
        let id = try self.store.submit(.command(["make", "-k"]), now: at(3))
        let job = try #require(try self.store.onlyPendingJob())
        #expect(job.id == id)
        #expect(job.dateDue == at(3))
        #expect(job.importSummary.arguments == ["make", "-k"])
        #expect(job.importSummary.title == "make -k")
        #expect(job.importSummary.interval == nil)
    }

    @Test func `for a command makes an import of its own each time`() throws {
        for _ in 0..<2 { try self.store.submit(.command(["make"]), now: at(0)) }
        #expect(try self.store.imports().count == 2)
    }

    @Test func `for an import that waits moves its job forward to now`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        let waiting = try #require(try self.store.onlyPendingJob())
        #expect(try self.store.submit(.hourly(), now: at(20)) == waiting.id)
        let job = try #require(try self.store.onlyPendingJob())
        #expect(job.dateDue == at(20))
        #expect(job.requestedByUser)
        #expect(try self.store.imports().count == 1)
    }

    @Test func `never moves a job back`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.submit(.hourly(), now: at(50))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(0))
    }

    @Test func `for an import without a job makes another for the same import`() throws {
        let order = ImportOrder.git(url: "u", into: nil, arguments: ["git", "u"], every: nil)
        try self.store.submit(order, now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        #expect(try self.store.submit(order, now: at(20)) == 2)
        #expect(try self.store.imports().count == 1)
    }

    @Test func `goes by address and destination`() throws {
        for (url, destination) in [("u", nil), ("u", "a"), ("u", "b"), ("v", "a"), ("u", "a")] {
            try self.store.submit(
                .git(url: url, into: destination, arguments: [], every: nil),
                now: at(0)
            )
        }
        #expect(try self.store.imports().map(\.destination) == [nil, "a", "b", "a"])
        #expect(try self.store.imports().map(\.url) == ["u", "u", "u", "v"])
    }

    @Test func `brings arguments and interval of the import up to date`() throws {
        try self.store.submit(.git(url: "u", into: nil, arguments: ["1"], every: nil), now: at(0))
        try self.store.submit(
            .git(url: "u", into: nil, arguments: ["2"], every: .seconds(60)),
            now: at(0)
        )
        #expect(try self.store.onlyImport()?.arguments == ["2"])
        #expect(try self.store.onlyImport()?.interval == .seconds(60))
    }

    @Test func `is refused while a monitor that is alive runs the import, and says who`() throws {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        let error = #expect(throws: JobStoreError.self) {
            try self.store.submit(.hourly(), now: at(300))
        }
        #expect(error?.code == .alreadyRunning)
        #expect(error?.detail.contains("job \(id) already runs") == true)
        #expect(
            self.code { _ = try self.store.submit(.hourly(), claimedFor: "x", now: at(1)) }
                == .alreadyRunning
        )
    }

    @Test func `takes an import from a monitor that is dead`() throws {
        let dead = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(301))
        #expect(try self.store.history(dead).last == .reclaim)
        #expect(try self.store.jobs().running.map(\.id) == [id])
    }

    @Test func `gives an import that was given up one more try`() throws {
        try self.store.submit(.hourly(), now: at(0))
        for round in 0..<5 { try self.store.runDueJob(.failure, from: at(Double(round) * 1e6)) }
        #expect(try self.store.onlyImport()?.reviewStatus == .failing)
        try self.store.submit(.hourly(), now: at(6e6))
        #expect(try self.store.onlyImport()?.reviewStatus == .reviewed)
        try self.store.runDueJob(.failure, from: at(6e6))
        #expect(try self.store.onlyImport()?.reviewStatus == .failing)
    }

    @Test func `gives one more try also when the death of a monitor was the last straw`() throws {
        var settings = SchedulerSettings()
        settings.failureLimit = 1
        let fixture = try StoreFixture(settings)
        _ = try fixture.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        let id = try fixture.store.submit(.hourly(), now: at(301))
        #expect(try fixture.store.onlyPendingJob()?.id == id)
        #expect(try fixture.store.onlyImport()?.reviewStatus == .reviewed)
    }

    @Test func `for an import that is marked as invalid is refused`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.setReviewStatus(.invalid, ofImport: 1, now: at(0))
        #expect(self.code { try self.store.submit(.hourly(), now: at(1)) } == .invalidImport)
        #expect(try self.store.jobs().pending.isEmpty)
    }

    @Test func `with a claim is running before anybody else can see it`() throws {
        let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        #expect(try self.store.history(id) == [.create, .start])
        #expect(try self.store.getJobForMachine("other", workerLimit: 1, now: at(0)) == nil)
        #expect(try self.store.importData(ofJob: id).arguments == ["make"])
    }

    @Test func `for an interval below zero is due again as soon as it has ended`() throws {
        try self.store.submit(.command(["make"], every: .seconds(-5)), now: at(0))
        try self.store.runDueJob(.success, from: at(0), lasting: .seconds(1))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(1))
    }

    @Test func `for an interval beyond the clock is never due again`() throws {
        try self.store.submit(.command(["make"], every: .seconds(Int64.max)), now: at(0))
        for _ in 0..<2 { try self.store.submit(.command(["other"]), now: at(0)) }
        try self.store.runDueJob(.failure, from: at(0))
        let due = try #require(self.store.jobs().pending.last?.dateDue)
        #expect(due - at(0) > .seconds(86_400 * 365 * 100))
    }
}

#endif
