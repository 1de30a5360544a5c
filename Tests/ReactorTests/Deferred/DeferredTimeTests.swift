// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// `addTimeout` and `deferLater`, after `DeferredAddTimeoutTests` and `DeferLaterTests` in Twisted.
@Suite struct `Deferreds and time` {
    private struct Broken: Error {}

    private let clock = TestClock()

    @Test func `a result that arrives in time cancels the timer and stays unchanged`() {
        let value = Deferred<Int>()
        let error = Deferred<Int>()
        let lastValue = value.addTimeout(.seconds(5), clock: self.clock)
        let lastError = error.addTimeout(.seconds(5), clock: self.clock)
        self.clock.advance(by: .seconds(4))
        value.succeed(1)
        error.fail(Broken())
        #expect(outcome(lastValue) == .value(1))
        #expect(outcome(lastError) == .error("Broken()"))
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `a deferred that times out is cancelled and fails with TimeoutError`() {
        var cancels = 0
        let deferred = Deferred<Int> { _ in cancels += 1 }
        let last = deferred.addTimeout(.seconds(5), waitingFor: "an answer", clock: self.clock)
        self.clock.advance(by: .milliseconds(4999))
        #expect(last.isPending)
        self.clock.advance(by: .milliseconds(1))
        #expect(cancels == 1)
        #expect(outcome(last) == .error("Timed out after 5.0 seconds: an answer."))
    }

    @Test func `a timeout cancels the innermost deferred that the chain waits for`() {
        let inner = Deferred<Int>()
        let last = Deferred.succeeded(1).chain { _ in inner }.addTimeout(
            .seconds(1),
            clock: self.clock
        )
        self.clock.advance(by: .seconds(1))
        #expect(inner.hasFired)
        #expect(outcome(last.addErrback { $0 is TimeoutError ? 1 : 0 }) == .value(1))
    }

    @Test func `a result from the canceller takes precedence over TimeoutError`() {
        let value = Deferred<Int> { $0.succeed(2) }.addTimeout(.seconds(1), clock: self.clock)
        let error = Deferred<Int> { $0.fail(Broken()) }.addTimeout(.seconds(1), clock: self.clock)
        self.clock.advance(by: .seconds(1))
        #expect(outcome(value) == .value(2))
        #expect(outcome(error) == .error("Broken()"))
    }

    @Test func `a cancel before the timeout leads to CancelledError`() {
        let last = Deferred<Int>().addTimeout(.seconds(5), clock: self.clock)
        last.cancel()
        #expect(outcome(last) == .error("\(CancelledError())"))
        #expect(self.clock.delayedCalls.isEmpty)
    }

    @Test func `an errback before the timeout may replace CancelledError with a value`() {
        let last = Deferred<Int>()
            .addErrback { $0 is CancelledError ? 3 : 0 }
            .addTimeout(.seconds(1), clock: self.clock)
        self.clock.advance(by: .seconds(1))
        #expect(outcome(last) == .value(3))
    }

    @Test func `a timeout does not cover the steps that are added after it`() {
        let slow = Deferred<Int>()
        let source = Deferred<Int>()
        let last = source.addTimeout(.seconds(1), clock: self.clock).chain { _ in slow }
        source.succeed(1)
        self.clock.advance(by: .seconds(10))
        #expect(last.isPending)
    }

    @Test func `addTimeout starts no timer if the deferred has already fired`() {
        let last = Deferred.succeeded(1).addTimeout(.seconds(1), clock: self.clock)
        #expect(self.clock.delayedCalls.isEmpty)
        #expect(outcome(last) == .value(1))
    }

    @Test func `addTimeout without a clock uses the reactor of the current thread`() {
        let reactor = MemoryReactor()
        let last = CurrentReactor.with(reactor) { Deferred<Int>().addTimeout(.seconds(1)) }
        #expect(reactor.delayedCalls.count == 1)
        last.cancel()
        #expect(outcome(last) == .error("\(CancelledError())"))
    }

    @Test func `deferLater fires after the delay with the value or the error of its body`() {
        let plain = deferLater(self.clock, .seconds(1)).addCallback { 0 }
        let value = deferLater(self.clock, .seconds(1)) { 1 }
        let error = deferLater(self.clock, .seconds(1)) { () throws -> Int in throw Broken() }
        #expect(plain.isPending && value.isPending && error.isPending)
        self.clock.advance(by: .seconds(1))
        #expect(outcome(plain) == .value(0))
        #expect(outcome(value) == .value(1))
        #expect(outcome(error) == .error("Broken()"))
    }

    @Test func `cancelling a deferred of deferLater cancels the delayed call`() {
        var ran = false
        let deferred = deferLater(self.clock, .seconds(1)) { ran = true }
        deferred.cancel()
        #expect(self.clock.delayedCalls.isEmpty)
        self.clock.advance(by: .seconds(2))
        #expect(!ran)
        #expect(outcome(deferred.addCallback { 0 }) == .error("\(CancelledError())"))
    }

    @Test func `deferLater leaves no reference cycle, whether it fires or is cancelled`() {
        final class Token {}
        weak var fired: Token?
        weak var cancelled: Token?
        do {
            let (first, second) = (Token(), Token())
            (fired, cancelled) = (first, second)
            deferLater(self.clock, .seconds(1)) { _ = first }.whenFired { _ in }
            let deferred = deferLater(self.clock, .seconds(2)) { _ = second }
            deferred.cancel()
            deferred.whenFired { _ in }
        }
        self.clock.advance(by: .seconds(1))
        #expect(fired == nil)
        #expect(cancelled == nil)
    }
}
