// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// `DeferredLock`, after `testLock` and `test_cancelLockAfterAcquired` in Twisted.
@Suite struct `Deferred locks` {
    private struct Broken: Error {}

    @Test func `a free lock is acquired at once, and waiters acquire it in order of arrival`() {
        let lock = DeferredLock()
        var order: [Int] = []
        for number in 1...3 {
            lock.acquire().addCallback { order.append(number) }
        }
        #expect(order == [1])
        #expect(lock.isLocked && lock.waiterCount == 2)
        lock.release()
        #expect(order == [1, 2])
        lock.release()
        lock.release()
        #expect(order == [1, 2, 3])
        #expect(!lock.isLocked)
    }

    @Test func `run with a free lock calls its body before it returns`() {
        let lock = DeferredLock()
        var ran = false
        let result = lock.run {
            ran = true
            #expect(lock.isLocked)
            return Deferred.succeeded(7)
        }
        #expect(ran)
        #expect(!lock.isLocked)
        #expect(outcome(result) == .value(7))
    }

    @Test func `run holds the lock until the operation has its result`() {
        let lock = DeferredLock()
        let first = Deferred<Int>()
        var secondRan = false
        let result = lock.run { first }
        lock.withLock { secondRan = true }.whenFired { _ in }
        #expect(!secondRan)
        first.succeed(1)
        #expect(secondRan)
        #expect(outcome(result) == .value(1))
        #expect(!lock.isLocked)
    }

    @Test func `run releases the lock if the operation fails or the body throws`() {
        let lock = DeferredLock()
        let failed = lock.run { Deferred<Int>.failed(Broken()) }
        let threw = lock.run { () throws -> Deferred<Int> in throw Broken() }
        let threwPlainly = lock.withLock { () throws -> Int in throw Broken() }
        #expect(!lock.isLocked)
        for result in [failed, threw, threwPlainly] {
            #expect(outcome(result) == .error("Broken()"))
        }
    }

    @Test func `cancelling run while it waits skips its body and keeps the order of the others`() {
        let lock = DeferredLock()
        var ran: [String] = []
        let first = Deferred<Void>()
        lock.run { first }
        let second = lock.withLock { ran.append("second") }
        lock.withLock { ran.append("third") }
        second.cancel()
        #expect(outcome(second.addCallback { 0 }) == .error("\(CancelledError())"))
        #expect(lock.waiterCount == 1)
        first.succeed()
        #expect(ran == ["third"])
        #expect(!lock.isLocked)
    }

    @Test func `cancelling run during its operation cancels the operation and frees the lock`() {
        let lock = DeferredLock()
        var cancels = 0
        let operation = Deferred<Int> { _ in cancels += 1 }
        let result = lock.run { operation }
        result.cancel()
        #expect(cancels == 1)
        #expect(outcome(result) == .error("\(CancelledError())"))
        #expect(!lock.isLocked)
    }

    @Test func `cancelling acquire after it has fired leaves the lock held`() {
        let lock = DeferredLock()
        let acquired = lock.acquire()
        acquired.cancel()
        #expect(lock.isLocked)
        #expect(acquired.hasFired)
    }

    @Test func `an operation that arrives while the lock is handed over waits behind the others`() {
        let lock = DeferredLock()
        var order: [String] = []
        lock.acquire().whenFired { _ in }
        let first = lock.withLock { order.append("first") }
        first.addCallback {
            _ = lock.withLock { order.append("late") }
        }
        lock.withLock { order.append("second") }
        lock.release()
        #expect(order == ["first", "second", "late"])
    }

    @Test func `a lock that is released while operations wait releases the operations too`() {
        final class Token {}
        weak var weakToken: Token?
        weak var weakLock: DeferredLock?
        do {
            let token = Token()
            let lock = DeferredLock()
            weakToken = token
            weakLock = lock
            lock.run { Deferred<Void>() }
            lock.withLock { _ = token }
        }
        #expect(weakToken == nil)
        #expect(weakLock == nil)
    }

    @Test func `a million waiters acquire the lock in turn on a small stack`() {
        let ran = onSmallStack {
            let lock = DeferredLock()
            var ran = 0
            lock.acquire().whenFired { _ in }
            for _ in 0..<1_000_000 {
                lock.run {
                    ran += 1
                    return Deferred.succeeded(())
                }
            }
            lock.release()
            return lock.isLocked ? -1 : ran
        }
        #expect(ran == 1_000_000)
    }

    @Test func `a million waiters that are cancelled leave the queue empty and the lock free`() {
        let left = onSmallStack {
            let lock = DeferredLock()
            lock.acquire().whenFired { _ in }
            let waiters = (0..<1_000_000).map { _ in lock.acquire() }
            for waiter in waiters {
                waiter.cancel()
                waiter.whenFired { _ in }
            }
            let left = lock.waiterCount
            lock.release()
            return lock.isLocked ? -1 : left
        }
        #expect(left == 0)
    }
}
