// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Long chains and large groups of deferreds, on a stack that a recursion would overflow.
@Suite struct `Long chains of deferreds` {
    private static let million = 1_000_000

    @Test func `a chain of a million callbacks runs all of them`() {
        let sum = onSmallStack {
            let source = Deferred<Int>()
            var last = source
            for _ in 0..<Self.million { last = last.addCallback { $0 + 1 } }
            source.succeed(0)
            return outcome(last)
        }
        #expect(sum == .value(Self.million))
    }

    @Test func `a chain of a million callbacks is released before it has fired`() {
        let failures = onSmallStack {
            failuresLeft {
                var last = Deferred<Int>()
                for _ in 0..<Self.million { last = last.addCallback { $0 + 1 } }
            }
        }
        #expect(failures.isEmpty)
    }

    /// Returns the last of a million deferreds, each of which waits for the previous one.
    ///
    /// The first one waits for `source`.
    private static func waiters(on source: Deferred<Int>) -> Deferred<Int> {
        var last = source
        for _ in 0..<Self.million {
            last = Deferred.succeeded(()).chain { [last] in last }.addCallback { $0 + 1 }
        }
        return last
    }

    @Test func `a million deferreds that wait for one another all fire`() {
        let sum = onSmallStack {
            let source = Deferred<Int>()
            let last = Self.waiters(on: source)
            source.succeed(0)
            return outcome(last)
        }
        #expect(sum == .value(Self.million))
    }

    @Test func `cancelling the last of a million waiting deferreds cancels the innermost one`() {
        let result = onSmallStack {
            let source = Deferred<Int> { $0.succeed(5) }
            let last = Self.waiters(on: source)
            last.cancel()
            return source.hasFired ? outcome(last) : .pending
        }
        #expect(result == .value(5 + Self.million))
    }

    @Test func `a million waiting deferreds are released from the innermost one`() {
        let pending = onSmallStack {
            var source: Deferred<Int>? = Deferred<Int>()
            let last = Self.waiters(on: source!)
            source = nil
            return last.isPending
        }
        #expect(pending)
    }

    @Test func `a million waiting deferreds are released from the outermost one`() {
        let pending = onSmallStack {
            let source = Deferred<Int>()
            _ = Self.waiters(on: source)
            return source.isPending
        }
        #expect(pending)
    }

    @Test func `a million deferreds whose callbacks capture the previous one are released`() {
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

    @Test func `a million deferreds whose values contain the previous one are released`() {
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
