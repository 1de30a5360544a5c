// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import WorkerMonitor

/// A scheduler in memory with Launchpad's rules for job ids.
///
/// An id identifies one attempt. The id of a job that was finished, reclaimed, handed back or
/// deleted is unknown, and the next attempt has another id.
final class FakeScheduler: CodeImportScheduler {
    /// The kinds of calls that a monitor makes.
    enum Call: String, CaseIterable {
        case data, heartbeat, finish, handBack
    }

    /// A failure or delay of a call.
    enum Trouble {
        /// The call fails and has no effect.
        case failure(any Error)
        /// The call gets no response and has no effect.
        case silence
        /// The call has its effect and gets no response.
        case lostResponse
        /// The call has its effect after this time, if the job still exists by then.
        case late(Duration)
    }

    private struct Job {
        var data: CodeImportJobData
        var lastHeartbeat: Duration
        var tail = ""
    }

    private let clock: any ReactorTime
    private var jobs: [Int64: Job] = [:]
    private var nextID: Int64 = 7

    /// All calls with their times, including those without an effect.
    private(set) var calls: [String] = []
    /// The reports of finished and handed-back jobs, by job id.
    private(set) var results: [Int64: JobReport] = [:]
    /// The jobs that can be claimed.
    private(set) var pending: [CodeImportJobData] = []
    /// The tail of the last heartbeat that was accepted for each job.
    private(set) var tails: [Int64: String] = [:]
    /// The troubles of the next calls of each kind, in order.
    var troubles: [Call: [Trouble]] = [:]
    /// The trouble of all further calls of each kind.
    var lastingTroubles: [Call: Trouble] = [:]
    /// A function that runs inside each call.
    var onCall: (Call) -> Void = { _ in }
    let reclaimAge: Duration = .seconds(300)

    init(_ clock: any ReactorTime) {
        self.clock = clock
    }

    /// Returns the calls of one kind.
    func calls(_ call: Call) -> [String] {
        self.calls.filter { $0.hasPrefix("\(call) ") }
    }

    // MARK: - For the test

    /// Creates a job that is claimed at once, and returns its id.
    func claim(_ data: CodeImportJobData) -> Int64 {
        self.nextID += 1
        self.jobs[self.nextID] = Job(data: data, lastHeartbeat: self.clock.now)
        return self.nextID
    }

    /// Deletes a job, as if its import were deleted.
    func delete(_ jobID: Int64) {
        self.jobs[jobID] = nil
    }

    /// Returns whether the lease of a job has expired.
    func isStale(_ jobID: Int64) -> Bool {
        guard let job = self.jobs[jobID] else { return false }
        return job.lastHeartbeat < self.clock.now - self.reclaimAge
    }

    /// Reclaims the jobs whose lease has expired.
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
        self.perform(.data, jobID) { self.jobs[jobID]?.data }
    }

    func updateHeartbeat(_ jobID: Int64, logTail: String) -> Deferred<Void> {
        self.perform(.heartbeat, jobID, logTail) {
            guard self.jobs[jobID] != nil else { return nil }
            self.jobs[jobID]?.lastHeartbeat = self.clock.now
            self.tails[jobID] = logTail
            return ()
        }
    }

    func finishJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.perform(.finish, jobID, report.status.rawValue) {
            guard self.jobs.removeValue(forKey: jobID) != nil else { return nil }
            self.results[jobID] = report
            return ()
        }
    }

    func handBackJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        self.perform(.handBack, jobID, report.cause.rawValue) {
            guard let job = self.jobs.removeValue(forKey: jobID) else { return nil }
            self.pending.append(job.data)
            self.results[jobID] = report
            return ()
        }
    }

    /// Performs a call: runs `work`, or simulates the trouble that a test has chosen.
    ///
    /// - Parameter work: Returns `nil` if the job does not exist.
    private func perform<Value>(
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
        case .lostResponse?:
            _ = work()
            return Deferred()
        case .late(let delay)?: return self.performLater(delay) { self.done(jobID, work) }
        }
    }

    private func done<Value>(_ jobID: Int64, _ work: () -> Value?) -> Deferred<Value> {
        guard let value = work() else { return .failed(NoSuchCodeImportJob(jobID: jobID)) }
        return .succeeded(value)
    }

    /// Responds after a delay.
    ///
    /// If the call is cancelled before, it has no effect.
    private func performLater<Value>(
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
