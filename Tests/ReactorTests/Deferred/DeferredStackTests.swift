// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// A million of everything on a stack that a recursion would overflow.
@Suite struct DeferredStackTests {
    private static let million = 1_000_000

    @Test func `a chain of a million links fires`() {
        let sum = onSmallStack {
            let source = Deferred<Int>()
            var last = source
            for _ in 0..<Self.million { last = last.addCallback { $0 + 1 } }
            source.succeed(0)
            return outcome(last)
        }
        #expect(sum == .value(Self.million))
    }

    @Test func `a chain of a million links is released unfired`() {
        let failures = onSmallStack {
            failuresLeft {
                var last = Deferred<Int>()
                for _ in 0..<Self.million { last = last.addCallback { $0 + 1 } }
            }
        }
        #expect(failures.isEmpty)
    }

    /// Each has fired and waits for the one before.
    private static func waiters(on source: Deferred<Int>) -> Deferred<Int> {
        var last = source
        for _ in 0..<Self.million {
            last = Deferred.succeeded(()).chain { [last] in last }.addCallback { $0 + 1 }
        }
        return last
    }

    @Test func `a million deferreds that wait for one another fire`() {
        let sum = onSmallStack {
            let source = Deferred<Int>()
            let last = Self.waiters(on: source)
            source.succeed(0)
            return outcome(last)
        }
        #expect(sum == .value(Self.million))
    }

    @Test func `a million deferreds that wait are cancelled at the innermost`() {
        let result = onSmallStack {
            let source = Deferred<Int> { $0.succeed(5) }
            let last = Self.waiters(on: source)
            last.cancel()
            return source.hasFired ? outcome(last) : .pending
        }
        #expect(result == .value(5 + Self.million))
    }

    @Test func `a million deferreds that wait are released, source first`() {
        let pending = onSmallStack {
            var source: Deferred<Int>? = Deferred<Int>()
            let last = Self.waiters(on: source!)
            source = nil
            return last.isPending
        }
        #expect(pending)
    }

    @Test func `a million deferreds that wait are released, the last one first`() {
        let pending = onSmallStack {
            let source = Deferred<Int>()
            _ = Self.waiters(on: source)
            return source.isPending
        }
        #expect(pending)
    }

    @Test func `a million deferreds whose callbacks hold the one before are released`() {
        let pending = onSmallStack {
            let source = Deferred<Int>()
            var last = source
            for _ in 0..<Self.million {
                let next = Deferred<Void>()
                last = next.chain { [last] in last }
            }
            last = Deferred()
            return source.isPending
        }
        #expect(pending)
    }

    @Test func `a million deferreds, each the value of the one before, are released`() {
        final class Item {
            let rest: Deferred<Item?>
            init(_ rest: Deferred<Item?>) { self.rest = rest }
        }
        let fired = onSmallStack {
            var list = Deferred<Item?>.succeeded(nil)
            for _ in 0..<Self.million { list = .succeeded(Item(list)) }
            return list.hasFired
        }
        #expect(fired)
    }
}
