// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import WorkerMonitor

/// A scheduler in memory with the rules of Launchpad's for job ids: one names one attempt, and a
/// job that was finished, reclaimed, handed back or deleted is gone; who goes on with it does so
/// under another id.
final class FakeScheduler: CodeImportScheduler {
    /// The calls that a monitor makes.
    enum Call: String, CaseIterable {
        case data, heartbeat, finish, handBack
    }

    /// What happens to a call instead of a prompt answer.
    enum Trouble {
        /// It fails, and nothing is done.
        case failure(any Error)
        /// There is never an answer, and nothing is done.
        case silence
        /// It is done, but the answer is lost.
        case lostAnswer
        /// It is done after this time, if the job is still there then.
        case late(Duration)
    }

    private struct Job {
        var data: CodeImportJobData
        var lastBeat: Duration
        var tail = ""
    }

    private let clock: any ReactorTime
    private var jobs: [Int64: Job] = [:]
    private var nextID: Int64 = 7

    /// What was asked for, with when, also where nothing was done.
    private(set) var calls: [String] = []
    /// What was told of jobs that are over, by their ids.
    private(set) var results: [Int64: JobReport] = [:]
    /// Jobs that wait for somebody to claim them.
    private(set) var pending: [CodeImportJobData] = []
    /// The tail of the last heartbeat that was accepted for each job.
    private(set) var tails: [Int64: String] = [:]
    /// For the next calls of a kind, in order.
    var troubles: [Call: [Trouble]] = [:]
    /// For every call of a kind after those.
    var lastingTroubles: [Call: Trouble] = [:]
    /// Called inside of each call.
    var onCall: (Call) -> Void = { _ in }
    let reclaimAge: Duration = .seconds(300)

    init(_ clock: any ReactorTime) {
        self.clock = clock
    }

    /// The calls of one kind.
    func calls(_ call: Call) -> [String] {
        self.calls.filter { $0.hasPrefix("\(call) ") }
    }

    // MARK: - What others do to jobs

    /// Queues a job and claims it at once.
    func claim(_ data: CodeImportJobData) -> Int64 {
        self.nextID += 1
        self.jobs[self.nextID] = Job(data: data, lastBeat: self.clock.now)
        return self.nextID
    }

    /// Somebody deletes the import, and its job with it.
    func delete(_ jobID: Int64) {
        self.jobs[jobID] = nil
    }

    /// Whether a job may be taken back, because its last heartbeat is too old.
    func isStale(_ jobID: Int64) -> Bool {
        guard let job = self.jobs[jobID] else { return false }
        return job.lastBeat < self.clock.now - self.reclaimAge
    }

    /// Takes jobs back whose last heartbeat is too old.
    func reclaimStaleJobs() {
        for (id, job) in self.jobs where self.isStale(id) {
            self.jobs[id] = nil
            self.pending.append(job.data)
        }
    }

    // MARK: - CodeImportScheduler

    func getJobForMachine(_ hostname: String, workerLimit: Int) -> Deferred<Int64?> {
        self.reclaimStaleJobs()
        guard self.jobs.count < workerLimit, !self.pending.isEmpty else { return .succeeded(nil) }
        return .succeeded(self.claim(self.pending.removeFirst()))
    }

    func getImportDataForJobID(_ jobID: Int64) -> Deferred<CodeImportJobData> {
        self.answer(.data, jobID) { self.jobs[jobID]?.data }
    }

    func updateHeartbeat(_ jobID: Int64, logTail: String) -> Deferred<Void> {
        self.answer(.heartbeat, jobID, logTail) {
            guard self.jobs[jobID] != nil else { return nil }
            self.jobs[jobID]?.lastBeat = self.clock.now
            self.tails[jobID] = logTail
            return ()
        }
    }

    func finishJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.answer(.finish, jobID, report.status.rawValue) {
            guard self.jobs.removeValue(forKey: jobID) != nil else { return nil }
            self.results[jobID] = report
            return ()
        }
    }

    func handBackJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.answer(.handBack, jobID, report.cause.rawValue) {
            guard let job = self.jobs.removeValue(forKey: jobID) else { return nil }
            self.pending.append(job.data)
            self.results[jobID] = report
            return ()
        }
    }

    /// Does `work`, which gives nil if the job is not there, or what the trouble says.
    private func answer<Value>(
        _ call: Call,
        _ jobID: Int64,
        _ detail: String = "",
        _ work: @escaping () -> Value?
    ) -> Deferred<Value> {
        self.calls.append("\(call) \(jobID) '\(detail)' at \(self.clock.now)")
        self.onCall(call)
        switch self.takeTrouble(call) {
        case nil: return self.done(jobID, work)
        case .failure(let error)?: return .failed(error)
        case .silence?: return Deferred()
        case .lostAnswer?:
            _ = work()
            return Deferred()
        case .late(let delay)?: return self.answerLater(delay) { self.done(jobID, work) }
        }
    }

    private func done<Value>(_ jobID: Int64, _ work: () -> Value?) -> Deferred<Value> {
        guard let value = work() else { return .failed(NoSuchCodeImportJob(jobID: jobID)) }
        return .succeeded(value)
    }

    /// As a server would: cancelling the call takes the question back.
    private func answerLater<Value>(
        _ delay: Duration,
        _ body: @escaping () -> Deferred<Value>
    ) -> Deferred<Value> {
        deferLater(self.clock, delay).chain { body() }
    }

    private func takeTrouble(_ call: Call) -> Trouble? {
        guard let trouble = self.troubles[call]?.first else { return self.lastingTroubles[call] }
        self.troubles[call]?.removeFirst()
        return trouble
    }
}
