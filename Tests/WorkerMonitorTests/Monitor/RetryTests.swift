// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Trying again` {
    private let clock = TestClock()

    private func retry(
        timeout: Duration = .seconds(30),
        patience: Duration = .seconds(60)
    ) -> Retry {
        Retry(
            clock: self.clock,
            timeout: timeout,
            patience: patience,
            isPassing: { $0 is TestFailure || $0 is TimeoutError },
            willRetry: { _, _ in }
        )
    }

    /// What comes of tries that fail until the one with this number, and when each was made.
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

    @Test func `is not needed when the first try works`() throws {
        let (times, result) = self.run(self.retry(), succeedingAt: 1)
        #expect(times == [.zero])
        #expect(try result?.get() == 1)
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `comes after longer and longer pauses, of 15 s at most`() throws {
        let (times, result) = self.run(self.retry(patience: .seconds(500)), succeedingAt: 9)
        #expect(
            times
                == [0, 500, 1500, 3500, 7500, 15500, 30500, 45500, 60500].map { .milliseconds($0) }
        )
        #expect(try result?.get() == 9)
    }

    @Test func `ends with the patience, with the last error`() {
        let (times, result) = self.run(self.retry(patience: .seconds(5)), succeedingAt: 100)
        #expect(times == [0, 500, 1500, 3500].map { .milliseconds($0) })
        #expect(throws: TestFailure.self) { try result?.get() }
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `is still made when a pause ends with the patience`() {
        let (times, _) = self.run(self.retry(patience: .milliseconds(1_500)), succeedingAt: 100)
        #expect(times.count == 3)
    }

    @Test func `without patience is never made`() {
        let (times, _) = self.run(self.retry(patience: .zero), succeedingAt: 100)
        #expect(times == [.zero])
    }

    @Test func `of what is hopeless is never made`() {
        let (times, result) = self.run(
            self.retry(),
            succeedingAt: 100,
            error: NoSuchCodeImportJob(jobID: 1)
        )
        #expect(times == [.zero])
        #expect(throws: NoSuchCodeImportJob.self) { try result?.get() }
    }

    @Test func `comes after a try that was never answered, too`() throws {
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
    func `can be cancelled in a try and in a pause`(time: Duration) {
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

    @Test func `twenty thousand times does not grow the stack`() throws {
        let (times, result) = self.run(
            self.retry(patience: .seconds(1_000_000)),
            succeedingAt: 20_000
        )
        #expect(times.count == 20_000)
        #expect(try result?.get() == 20_000)
    }
}
