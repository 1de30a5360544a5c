// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import GRDB
import LocalScheduler
import Testing
import WorkerMonitor

@Suite struct `Import order` {
    let fixture: StoreFixture
    var store: JobStore { self.fixture.store }

    init() throws { self.fixture = try StoreFixture() }

    @Test func `titles and errors mask the secrets of a URL, and the worker gets all of it`() throws
    {
        let url = "https://u:s3cret@h/x?token=s3cret"
        let order = ImportOrder.git(url: url, into: "/m", arguments: [url], every: nil)
        let id = try self.store.submit(order, claimedFor: "worker", now: at(0))
        let summary = try #require(try self.store.onlyImport())
        #expect(summary.title == "https://***@h/x?token=***")
        #expect(summary.url == url)
        #expect(try self.store.importData(ofJob: id).arguments == [url])
        let error = #expect(throws: JobStoreError.self) {
            try self.store.submit(order, claimedFor: "worker", now: at(1))
        }
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test func `an order creates a job that is due at once`() throws {
        let id = try self.store.submit(.command(["make", "-k"]), now: at(3))
        let job = try #require(try self.store.onlyPendingJob())
        #expect(job.id == id)
        #expect(job.dateDue == at(3))
        #expect(job.importSummary.arguments == ["make", "-k"])
        #expect(job.importSummary.title == "make -k")
        #expect(job.importSummary.interval == nil)
    }

    @Test func `each order for a command creates an import of its own`() throws {
        for _ in 0..<2 { try self.store.submit(.command(["make"]), now: at(0)) }
        #expect(try self.store.imports().count == 2)
    }

    @Test func `an order for an import with a pending job makes that job due at once`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        let pending = try #require(try self.store.onlyPendingJob())
        #expect(try self.store.submit(.hourly(), now: at(20)) == pending.id)
        let job = try #require(try self.store.onlyPendingJob())
        #expect(job.dateDue == at(20))
        #expect(job.requestedByUser)
        #expect(try self.store.imports().count == 1)
    }

    @Test(arguments: [
        ("https://u:old@h/x", "https://u:new@h/x"), ("https://u:old@h/x", "https://h/x"),
        ("https://h/x", "https://H:443/x/"), ("git@h:x", "git@H:x/"), ("/srv/x", "/srv/x/"),
    ])
    func `an order with another login or spelling is for the same import`(
        old: String,
        new: String
    ) throws {
        for url in [old, new] {
            let order = ImportOrder.git(url: url, into: "/m", arguments: [url], every: nil)
            let id = try self.store.submit(order, claimedFor: "worker", now: at(0))
            #expect(try self.store.importData(ofJob: id).arguments == [url])
            #expect(try self.store.onlyImport()?.url == url)
            try self.store.finishJob(id, report: report(.success), now: at(1))
        }
    }

    @Test func `of several imports that differ in their login the one with this URL is used`()
        throws
    {
        let urls = ["https://u:a@h/x", "https://u:b@h/x"]
        for url in urls {
            let order = ImportOrder.git(url: url, into: url, arguments: [url], every: nil)
            let id = try self.store.submit(order, claimedFor: "worker", now: at(0))
            try self.store.finishJob(id, report: report(.success), now: at(1))
        }
        // An older version kept two imports for one destination.
        let file = try DatabaseQueue(path: self.store.path)
        try file.write { try $0.execute(sql: "UPDATE imports SET destination = '/m'") }
        try file.close()
        for url in urls {
            let order = ImportOrder.git(url: url, into: "/m", arguments: [url], every: nil)
            let id = try self.store.submit(order, claimedFor: "worker", now: at(2))
            #expect(try self.store.importData(ofJob: id).arguments == [url])
            try self.store.finishJob(id, report: report(.success), now: at(3))
        }
        #expect(try self.store.imports().map(\.url).sorted { $0! < $1! } == urls)
    }

    @Test func `an order never postpones a job`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.submit(.hourly(), now: at(50))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(0))
    }

    @Test func `an order for an import without a job creates a job for the same import`() throws {
        let order = ImportOrder.git(url: "u", into: nil, arguments: ["git", "u"], every: nil)
        try self.store.submit(order, now: at(0))
        try self.store.runDueJob(.success, from: at(0))
        #expect(try self.store.submit(order, now: at(20)) == 2)
        #expect(try self.store.imports().count == 1)
    }

    @Test func `the URL and the destination identify the import of an order`() throws {
        for (url, destination) in [("u", nil), ("u", "a"), ("u", "b"), ("v", "a"), ("u", "a")] {
            try self.store.submit(
                .git(url: url, into: destination, arguments: [], every: nil),
                now: at(0)
            )
        }
        #expect(try self.store.imports().map(\.destination) == [nil, "a", "b", "a"])
        #expect(try self.store.imports().map(\.url) == ["u", "u", "u", "v"])
    }

    @Test func `an order updates the arguments and the interval of its import`() throws {
        try self.store.submit(.git(url: "u", into: nil, arguments: ["1"], every: nil), now: at(0))
        try self.store.submit(
            .git(url: "u", into: nil, arguments: ["2"], every: .seconds(60)),
            now: at(0)
        )
        #expect(try self.store.onlyImport()?.arguments == ["2"])
        #expect(try self.store.onlyImport()?.interval == .seconds(60))
    }

    @Test func `an order for an import whose job has a valid lease fails and names the job`() throws
    {
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        let error = storeError { try self.store.submit(.hourly(), now: at(300)) }
        #expect(error?.code == .alreadyRunning)
        #expect(error?.detail.contains("job \(id) already runs") == true)
        let claimError = storeError {
            _ = try self.store.submit(.hourly(), claimedFor: "x", now: at(1))
        }
        #expect(claimError?.code == .alreadyRunning)
    }

    @Test func `an order reclaims the job of its import if the lease has expired`() throws {
        let expired = try self.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        let id = try self.store.submit(.hourly(), claimedFor: "worker", now: at(301))
        #expect(try self.store.history(expired).last == .reclaim)
        #expect(try self.store.jobs().running.map(\.id) == [id])
    }

    @Test func `an order gives a failing import one more attempt`() throws {
        try self.store.submit(.hourly(), now: at(0))
        for round in 0..<5 { try self.store.runDueJob(.failure, from: at(Double(round) * 1e6)) }
        #expect(try self.store.onlyImport()?.reviewStatus == .failing)
        try self.store.submit(.hourly(), now: at(6e6))
        #expect(try self.store.onlyImport()?.reviewStatus == .reviewed)
        try self.store.runDueJob(.failure, from: at(6e6))
        #expect(try self.store.onlyImport()?.reviewStatus == .failing)
    }

    @Test func `an order gives one more attempt if its own reclaim made the import failing`() throws
    {
        var settings = SchedulerSettings()
        settings.failureLimit = 1
        let fixture = try StoreFixture(settings)
        _ = try fixture.store.submit(.hourly(), claimedFor: "worker", now: at(0))
        let id = try fixture.store.submit(.hourly(), now: at(301))
        #expect(try fixture.store.onlyPendingJob()?.id == id)
        #expect(try fixture.store.onlyImport()?.reviewStatus == .reviewed)
    }

    @Test func `an order for an invalid import fails and creates no job`() throws {
        try self.store.submit(.hourly(), now: at(0))
        try self.store.setReviewStatus(.invalid, ofImport: 1, now: at(0))
        let error = storeError { try self.store.submit(.hourly(), now: at(1)) }
        #expect(error?.code == .invalidImport)
        #expect(try self.store.jobs().pending.isEmpty)
    }

    @Test func `a job that is submitted with a claim cannot be claimed by another machine`() throws
    {
        let id = try self.store.submit(.command(["make"]), claimedFor: "worker", now: at(0))
        #expect(try self.store.history(id) == [.create, .start])
        #expect(try self.store.getJobForMachine("other", workerLimit: 1, now: at(0)) == nil)
        #expect(try self.store.importData(ofJob: id).arguments == ["make"])
    }

    @Test func `a job with a negative interval is due again as soon as it has finished`() throws {
        try self.store.submit(.command(["make"], every: .seconds(-5)), now: at(0))
        try self.store.runDueJob(.success, from: at(0), lasting: .seconds(1))
        #expect(try self.store.onlyPendingJob()?.dateDue == at(1))
    }

    @Test func `an extremely long interval delays the next job by more than 100 years`() throws {
        try self.store.submit(.command(["make"], every: .seconds(Int64.max)), now: at(0))
        for _ in 0..<2 { try self.store.submit(.command(["other"]), now: at(0)) }
        try self.store.runDueJob(.failure, from: at(0))
        let due = try #require(self.store.jobs().pending.last?.dateDue)
        #expect(due - at(0) > .seconds(86_400 * 365 * 100))
    }
}

#endif
