// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Mistakes of the caller that stop the program, each made in a separate process.
@Suite struct `Misused deferreds` {
    @Test func `firing a deferred twice stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let deferred = Deferred<Int>()
            deferred.succeed(1)
            deferred.succeed(2)
        }
    }

    @Test func `the second of two firings after a cancel stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let deferred = Deferred<Int>()
            deferred.cancel()
            deferred.addErrback { _ in 0 }
            deferred.succeed(1)
            deferred.succeed(2)
        }
    }

    @Test func `firing a deferred that addCallback returned stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let deferred = Deferred<Int>()
            deferred.addCallback { $0 }.succeed(1)
        }
    }

    @Test func `adding a second callback to the same handle stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let deferred = Deferred<Int>()
            deferred.addCallback { _ in }
            deferred.addCallback { _ in }
        }
    }

    @Test func `adding a callback to a deferred that a chain waits for stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let inner = Deferred<Int>()
            Deferred.succeeded(1).chain { _ in inner }
            inner.addCallback { _ in }
        }
    }

    @Test func `returning a deferred that already has a callback stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let inner = Deferred<Int>()
            inner.addCallback { _ in "another type" }
            Deferred.succeeded(1).chain { _ in inner }
        }
    }

    @Test func `a callback that returns its own deferred stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let source = Deferred<Int>()
            var last: Deferred<Int>?
            last = source.chain { _ in last! }
            source.succeed(1)
        }
    }

    #if DEBUG
    @Test func `addCallback with a body that returns a deferred stops a debug build`() async {
        await #expect(processExitsWith: .failure) {
            Deferred.succeeded(1).addCallback { _ in Deferred.succeeded(2) }
        }
    }
    #endif

    @Test func `releasing a free lock stops the program`() async {
        await #expect(processExitsWith: .failure) {
            DeferredLock().release()
        }
    }

    @Test func `creating a semaphore without tokens stops the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = DeferredSemaphore(tokens: 0)
        }
    }
}
