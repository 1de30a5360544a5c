// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// twisted.md §8, 163 and 164.
@Suite struct DeferredLockTests {
    private struct Broken: Error {}

    @Test func `a free lock is acquired at once, and others get it in the order they came`() {
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

    @Test func `with a free lock run calls its body inside of the call`() {
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

    @Test func `run releases the lock when the operation fails or its body throws`() {
        let lock = DeferredLock()
        let failed = lock.run { Deferred<Int>.failed(Broken()) }
        let threw = lock.run { () throws -> Deferred<Int> in throw Broken() }
        let threwPlainly = lock.withLock { () throws -> Int in throw Broken() }
        #expect(!lock.isLocked)
        for result in [failed, threw, threwPlainly] {
            #expect(outcome(result) == .error("Broken()"))
        }
    }

    @Test func `run cancelled in the line never runs its body, and the next one gets its turn`() {
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

    @Test func `run cancelled while it runs cancels the operation and releases the lock`() {
        let lock = DeferredLock()
        var cancels = 0
        let operation = Deferred<Int> { _ in cancels += 1 }
        let result = lock.run { operation }
        result.cancel()
        #expect(cancels == 1)
        #expect(outcome(result) == .error("\(CancelledError())"))
        #expect(!lock.isLocked)
    }

    @Test func `cancelling acquire after it fired leaves the lock taken`() {
        let lock = DeferredLock()
        let acquired = lock.acquire()
        acquired.cancel()
        #expect(lock.isLocked)
        #expect(acquired.hasFired)
    }

    @Test func `who comes during a hand-over goes to the end of the line`() {
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

    @Test func `a lock that goes while operations wait in its line is released with them`() {
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

    @Test func `a million waiters get the lock on a small stack`() {
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

    @Test func `a million waiters of which each gives up leave the lock free`() {
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
