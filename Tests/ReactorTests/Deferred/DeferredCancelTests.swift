// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Cancellation, after the cases of `DeferredCancellerTests` and `AlreadyCalledTests` in Twisted.
@Suite struct `Cancelled deferreds` {
    private let cancelled = Outcome<Int>.error("\(CancelledError())")

    private struct Broken: Error {}

    @Test func `a cancelled deferred without a canceller fails with CancelledError`() {
        let deferred = Deferred<Int>()
        deferred.cancel()
        #expect(outcome(deferred) == self.cancelled)
    }

    @Test func `a cancelled deferred without a canceller ignores one late firing`() {
        let value = Deferred<Int>()
        value.cancel()
        value.succeed(1)
        #expect(outcome(value) == self.cancelled)
        let error = Deferred<Int>()
        error.cancel()
        error.fail(Broken())
        #expect(outcome(error) == self.cancelled)
    }

    @Test func `the canceller is called once, with the deferred`() {
        var calls = 0
        let deferred = Deferred<Int> { cancelled in
            calls += 1
            #expect(cancelled.isPending)
        }
        deferred.cancel()
        deferred.cancel()
        #expect(calls == 1)
        #expect(outcome(deferred) == self.cancelled)
    }

    @Test func `a canceller may fire the deferred with a value or with an error`() {
        let value = Deferred<Int> { $0.succeed(3) }
        value.cancel()
        #expect(outcome(value) == .value(3))
        let error = Deferred<Int> { $0.fail(Broken()) }
        error.cancel()
        #expect(outcome(error) == .error("Broken()"))
    }

    @Test func `cancelling a deferred that has fired changes neither a value nor an error`() {
        var calls = 0
        let value = Deferred<Int> { _ in calls += 1 }
        value.succeed(1)
        value.cancel()
        #expect(outcome(value) == .value(1))
        let error = Deferred<Int> { _ in calls += 1 }
        error.fail(Broken())
        error.cancel()
        #expect(outcome(error) == .error("Broken()"))
        #expect(calls == 0)
    }

    @Test func `a canceller that cancels its deferred again leads to CancelledError`() {
        let deferred = Deferred<Int> { $0.cancel() }
        deferred.cancel()
        #expect(outcome(deferred) == self.cancelled)
    }

    @Test func `cancelling a chain cancels only the innermost deferred that it waits for`() {
        var cancels: [String] = []
        let innermost = Deferred<Int> { _ in cancels.append("innermost") }
        let middle = Deferred<Int> { _ in cancels.append("middle") }
        let outer = Deferred<Int> { _ in cancels.append("outer") }
        let last = outer.chain { _ in middle.chain { _ in innermost } }
        middle.succeed(1)
        outer.succeed(1)
        last.cancel()
        #expect(cancels == ["innermost"])
        #expect(outcome(last) == self.cancelled)
    }

    @Test func `an errback may replace CancelledError with a value`() {
        let deferred = Deferred<Int>()
        let last = deferred.addErrback { error in error is CancelledError ? 9 : 0 }
        last.cancel()
        #expect(outcome(last) == .value(9))
    }

    @Test func `a callback that cancels its own chain does not change the result`() {
        let deferred = Deferred<Int>()
        let last = deferred.addCallback { value in
            deferred.cancel()
            return value
        }
        deferred.succeed(1)
        #expect(outcome(last) == .value(1))
    }

    @Test func `the canceller is released when the deferred fires`() {
        final class Token {}
        weak var weakToken: Token?
        let deferred: Deferred<Int>
        do {
            let token = Token()
            weakToken = token
            deferred = Deferred { _ in _ = token }
        }
        #expect(weakToken != nil)
        deferred.succeed(1)
        #expect(weakToken == nil)
    }
}
