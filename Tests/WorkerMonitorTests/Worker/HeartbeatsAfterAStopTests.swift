// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import TestSupport
import Testing

@testable import WorkerMonitor

/// Heartbeats of a program that was stopped for longer than the lease of its job.
@Suite struct `Heartbeats after a stop` {
    /// Starts heartbeats, passes 400 seconds in one step, and returns the delegate and its clock.
    private func resume(_ answer: @escaping (Int) -> Deferred<Void>) -> (Delegate, JumpingClock) {
        let clock = JumpingClock()
        let delegate = Delegate(answer)
        let heartbeats = Heartbeats(
            delegate: delegate,
            clock: clock,
            configuration: WorkerMonitorConfiguration(),
            logger: RecordedLog().logger
        )
        delegate.heartbeats = heartbeats
        heartbeats.start()
        clock.wakeUp(at: .seconds(400))
        return (delegate, clock)
    }

    @Test func `a job that the scheduler still has goes on`() {
        let (delegate, clock) = self.resume { _ in .succeeded(()) }
        clock.advance(by: .seconds(100))
        #expect(delegate.ends == [])
        #expect(delegate.heartbeats?.accepted ?? 0 > 2)
        delegate.heartbeats?.stop()
    }

    @Test func `a job that the scheduler no longer has is ended at once`() {
        let (delegate, _) = self.resume { number in
            number == 1 ? .succeeded(()) : .failed(NoSuchCodeImportJob(jobID: 7))
        }
        #expect(delegate.ends == ["NoSuchCodeImportJob"])
    }

    @Test func `a job whose heartbeat fails after the stop is ended within five seconds`() {
        let (delegate, clock) = self.resume { number in
            number == 1 ? .succeeded(()) : .failed(TestFailure("away"))
        }
        clock.advance(by: .milliseconds(4_999))
        #expect(delegate.ends == [])
        clock.advance(by: .milliseconds(1))
        #expect(delegate.ends == ["HeartbeatsNotAccepted"])
        delegate.heartbeats?.stop()
    }

    @Test func `a job whose heartbeat gets no response after the stop is ended`() {
        let (delegate, clock) = self.resume { $0 == 1 ? .succeeded(()) : Deferred() }
        clock.advance(by: .seconds(5))
        #expect(delegate.ends == ["HeartbeatsNotAccepted"])
        delegate.heartbeats?.stop()
        delegate.heartbeats?.cancelCall()
    }
}

/// Records the errors that end the job.
private final class Delegate: HeartbeatsDelegate {
    private let queue = NotificationQueue()
    private let answer: (Int) -> Deferred<Void>
    private var count = 0
    var heartbeats: Heartbeats?
    private(set) var ends: [String] = []

    init(_ answer: @escaping (Int) -> Deferred<Void>) {
        self.answer = answer
    }

    func runNotification(_ body: @escaping () throws -> Deferred<Void>) -> Deferred<Void> {
        self.queue.run(keeping: self, body) { [unowned self] error in
            self.stopWorker(because: error)
        }
    }

    func sendHeartbeat() -> Deferred<Void> {
        self.count += 1
        return self.answer(self.count)
    }

    func stopWorker(because error: any Error) { self.ends.append("\(type(of: error))") }
}
