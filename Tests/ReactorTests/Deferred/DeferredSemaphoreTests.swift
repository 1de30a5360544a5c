// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// `DeferredSemaphore`, after `testSemaphore` and its neighbors in Twisted.
@Suite struct `Deferred semaphores` {
    @Test func `a semaphore runs as many operations at a time as it has tokens, in order`() {
        let semaphore = DeferredSemaphore(tokens: 2)
        let operations = (0..<4).map { _ in Deferred<Void>() }
        var started: [Int] = []
        for (number, operation) in operations.enumerated() {
            semaphore.run {
                started.append(number)
                return operation
            }
        }
        #expect(started == [0, 1])
        #expect(semaphore.tokens == 0 && semaphore.waiterCount == 2)
        operations[1].succeed()
        #expect(started == [0, 1, 2])
        operations[0].succeed()
        operations[2].succeed()
        operations[3].succeed()
        #expect(started == [0, 1, 2, 3])
        #expect(semaphore.tokens == 2)
    }

    @Test func `a waiter that is cancelled leaves the queue of the semaphore`() {
        let semaphore = DeferredSemaphore(tokens: 1)
        semaphore.acquire().whenFired { _ in }
        let second = semaphore.acquire()
        let third = semaphore.acquire()
        second.cancel()
        #expect(outcome(second.addCallback { 0 }) == .error("\(CancelledError())"))
        semaphore.release()
        #expect(third.hasFired)
    }

    @Test func `withToken releases the token when its body returns`() {
        let semaphore = DeferredSemaphore(tokens: 3)
        #expect(outcome(semaphore.withToken { semaphore.tokens }) == .value(2))
        #expect(semaphore.tokens == 3)
    }
}
