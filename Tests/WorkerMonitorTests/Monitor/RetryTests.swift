// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Repeated calls` {
    private let clock = TestClock()

    private func retry(
        timeout: Duration = .seconds(30),
        waitLimit: Duration = .seconds(60)
    ) -> Retry {
        Retry(
            clock: self.clock,
            timeout: timeout,
            waitLimit: waitLimit,
            isTemporary: { $0 is TestFailure || $0 is TimeoutError },
            willRetry: { _, _ in }
        )
    }

    /// Runs an operation that succeeds at the attempt with this number, and returns the times of
    /// the attempts and the result.
    private func run(_ retry: Retry, succeedingAt number: Int, error: any Error = TestFailure("no"))
        -> (times: [Duration], result: Result<Int, any Error>?)
    {
        var times: [Duration] = []
        var result: Result<Int, any Error>?
        retry.run {
            times.append(self.clock.now)
            return times.count == number ? .succeeded(number) : .failed(error)
        }.whenFired { result = $0 }
        self.clock.advance(by: .seconds(1_000_000))
        return (times, result)
    }

    @Test func `an operation that succeeds at once is not repeated`() throws {
        let (times, result) = self.run(self.retry(), succeedingAt: 1)
        #expect(times == [.zero])
        #expect(try result?.get() == 1)
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `the pauses grow up to 15 seconds`() throws {
        let (times, result) = self.run(self.retry(waitLimit: .seconds(500)), succeedingAt: 9)
        #expect(
            times
                == [0, 500, 1500, 3500, 7500, 15500, 30500, 45500, 60500].map { .milliseconds($0) }
        )
        #expect(try result?.get() == 9)
    }

    @Test func `an operation that reaches the wait limit fails with its last error`() {
        let (times, result) = self.run(self.retry(waitLimit: .seconds(5)), succeedingAt: 100)
        #expect(times == [0, 500, 1500, 3500, 5000].map { .milliseconds($0) })
        #expect(throws: TestFailure.self) { try result?.get() }
        #expect(self.clock.delayedCalls.isEmpty)
    }

    // Without the shorter last pause, the attempts ended at 45.5 of 60 seconds.
    @Test(arguments: [45.6, 50, 59.9])
    func `an operation that becomes possible shortly before the wait limit succeeds`(
        since: Double
    ) throws {
        var times: [Duration] = []
        var result: Result<Int, any Error>?
        self.retry().run {
            times.append(self.clock.now)
            return self.clock.now >= .seconds(since) ? .succeeded(1) : .failed(TestFailure("no"))
        }.whenFired { result = $0 }
        self.clock.advance(by: .seconds(1000))
        #expect(times.last == .seconds(60))
        #expect(try result?.get() == 1)
    }

    @Test func `an attempt that lasts beyond the wait limit is the last one`() {
        var times: [Duration] = []
        var result: Result<Void, any Error>?
        self.retry(timeout: .seconds(30), waitLimit: .seconds(20)).run {
            times.append(self.clock.now)
            return Deferred<Void>()
        }.whenFired { result = $0 }
        self.clock.advance(by: .seconds(1000))
        #expect(times == [.zero])
        #expect(throws: TimeoutError.self) { try result?.get() }
    }

    @Test func `an attempt at the wait limit is still made`() {
        let (times, _) = self.run(self.retry(waitLimit: .milliseconds(1_500)), succeedingAt: 100)
        #expect(times.count == 3)
    }

    @Test func `a wait limit of zero allows a single attempt`() {
        let (times, _) = self.run(self.retry(waitLimit: .zero), succeedingAt: 100)
        #expect(times == [.zero])
    }

    @Test func `a permanent error is not repeated`() {
        let (times, result) = self.run(
            self.retry(),
            succeedingAt: 100,
            error: NoSuchCodeImportJob(jobID: 1)
        )
        #expect(times == [.zero])
        #expect(throws: NoSuchCodeImportJob.self) { try result?.get() }
    }

    @Test func `an attempt that times out is repeated`() throws {
        var times: [Duration] = []
        var result: Result<Void, any Error>?
        self.retry(timeout: .seconds(10)).run {
            times.append(self.clock.now)
            return times.count == 1 ? Deferred<Void>() : .succeeded(())
        }.whenFired { result = $0 }
        self.clock.advance(by: .seconds(11))
        #expect(times == [.zero, .milliseconds(10_500)])
        #expect(throws: Never.self) { try result?.get() }
    }

    @Test(arguments: [Duration.seconds(5), .milliseconds(10_200)])
    func `an attempt and a pause can be cancelled`(time: Duration) {
        var tries = 0
        var result: Result<Void, any Error>?
        let call = self.retry(timeout: .seconds(10)).run {
            tries += 1
            return Deferred<Void>()
        }
        let handle = call
        call.whenFired { result = $0 }
        self.clock.advance(by: time)
        handle.cancel()
        #expect(throws: CancelledError.self) { try result?.get() }
        #expect(self.clock.delayedCalls.isEmpty)
        self.clock.advance(by: .seconds(100))
        #expect(tries == 1)
    }

    @Test func `twenty thousand attempts do not grow the stack`() throws {
        let (times, result) = self.run(
            self.retry(waitLimit: .seconds(1_000_000)),
            succeedingAt: 20_000
        )
        #expect(times.count == 20_000)
        #expect(try result?.get() == 20_000)
    }
}
