// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// twisted.md §8, 164.
@Suite struct DeferredSemaphoreTests {
    @Test func `as many run at a time as there are tokens, in the order they came`() {
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

    @Test func `one cancelled in the line gives up its place`() {
        let semaphore = DeferredSemaphore(tokens: 1)
        semaphore.acquire().whenFired { _ in }
        let second = semaphore.acquire()
        let third = semaphore.acquire()
        second.cancel()
        #expect(outcome(second.addCallback { 0 }) == .error("\(CancelledError())"))
        semaphore.release()
        #expect(third.hasFired)
    }

    @Test func `withToken gives the token back when its body returns`() {
        let semaphore = DeferredSemaphore(tokens: 3)
        #expect(outcome(semaphore.withToken { semaphore.tokens }) == .value(2))
        #expect(semaphore.tokens == 3)
    }
}
