// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Deferreds that wait for other deferreds, which Twisted calls implicit chaining.
@Suite struct `Chained deferreds` {
    private struct Broken: Error {}

    @Test func `a chain waits for the deferred that a callback returned`() {
        let inner = Deferred<String>()
        let last = Deferred.succeeded(1).chain { _ in inner }.addCallback { $0 + "!" }
        #expect(last.isPending)
        inner.succeed("done")
        #expect(outcome(last) == .value("done!"))
    }

    @Test func `a chain does not wait for a deferred that has already fired`() {
        let last = Deferred.succeeded(1).chain { Deferred.succeeded($0 + 1) }.addCallback {
            $0 * 10
        }
        #expect(outcome(last) == .value(20))
    }

    @Test func `the error of an inner deferred goes to the next errback`() {
        let last = Deferred.succeeded(1)
            .chain { _ in Deferred<Int>.failed(Broken()) }
            .addErrback { _ in 7 }
        #expect(outcome(last) == .value(7))
    }

    @Test func `an error that the body of chain throws goes to the next errback`() {
        let last = Deferred.succeeded(1)
            .chain { _ -> Deferred<Int> in throw Broken() }
            .chainErrback { _ in Deferred.succeeded(8) }
        #expect(outcome(last) == .value(8))
    }

    @Test func `a value skips chainErrback, and an error skips chain`() {
        let value = Deferred.succeeded(1).chainErrback { _ in Deferred.succeeded(2) }
        let error = Deferred<Int>.failed(Broken()).chain { _ in Deferred.succeeded(2) }
        #expect(outcome(value) == .value(1))
        #expect(outcome(error) == .error("Broken()"))
    }

    @Test func `chainBoth waits for a deferred after a value and after an error`() {
        let inner = Deferred<Int>()
        let last = Deferred<Int>.failed(Broken())
            .chainBoth { _ in inner }
            .chainBoth { result in Deferred.succeeded((try? result.get()) ?? -1) }
        inner.succeed(5)
        #expect(outcome(last) == .value(5))
    }

    @Test func `an unhandled error of an inner deferred is reported once`() {
        let failures = failuresLeft {
            let inner = Deferred<Int>()
            Deferred.succeeded(1).chain { _ in inner }
            inner.fail(Broken())
        }
        #expect(failures == ["Broken()"])
    }

    @Test func `a chain waits for an inner deferred that is running its callbacks`() {
        let inner = Deferred<Int>()
        let outer = Deferred<Int>()
        var innerLast: Deferred<Int>?
        defer { innerLast = nil }
        let last = outer.chain { _ in innerLast! }
        var pendingInside = false
        innerLast = inner.addCallback { value in
            outer.succeed(0)
            pendingInside = last.isPending
            return value + 1
        }
        inner.succeed(1)
        #expect(pendingInside)
        #expect(outcome(last) == .value(2))
    }

    @Test func `callbacks can be added to a chain while it waits and after it has ended`() {
        let inner = Deferred<Int>()
        var last = Deferred.succeeded(1).chain { _ in inner }
        last = last.addCallback { $0 + 1 }
        inner.succeed(1)
        last = last.addCallback { $0 * 10 }
        #expect(outcome(last) == .value(20))
    }

    @Test func `a deferred that is released before it fires releases the chains that wait`() {
        final class Token {}
        weak var weakToken: Token?
        do {
            let token = Token()
            weakToken = token
            Deferred.succeeded(1).chain { _ in Deferred<Int>() }.addCallback { _ in _ = token }
        }
        #expect(weakToken == nil)
    }

    @Test func `a chain that waits for a released deferred stays pending until it is cancelled`() {
        let last = Deferred.succeeded(1).chain { _ in Deferred<Int>() }
        #expect(last.isPending)
        last.cancel()
        #expect(outcome(last) == .error("\(CancelledError())"))
    }
}
