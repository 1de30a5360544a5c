// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Work for other threads, on both reactors; numbers are those of twisted.md §8.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct DeferToThreadContractTests {
    // 61, test_threads: test_deferredResult.
    @Test(arguments: ReactorKind.allCases)
    func `the result of the work comes to the reactor`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var result: Int?
            reactor.deferToThread { 6 * 7 }.addCallback { value in
                result = value
                #expect(reactor.handle.isOnReactor)
                #expect(CurrentReactor.reactorIfAny === reactor)
                reactor.stop()
            }
            #expect(result == nil)
            reactor.runToStop()
            #expect(result == 42)
        }
    }

    // 61, test_threads: test_deferredFailure, test_deferredFailureAfterSuccess.
    @Test(arguments: ReactorKind.allCases)
    func `a failure of the work comes to the reactor and disturbs no other`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var results: [String] = []
            reactor.deferToThread { "good" }.addCallback { results.append($0) }
            reactor.deferToThread { () throws -> String in throw WorkFailed() }
                .addCallbacks({ _ in }, { error in results.append("\(error)") })
            reactor.deferToThread { "last" }.addCallback { results.append($0) }
            reactor.turn(until: { results.count == 3 })
            #expect(Set(results) == ["good", "WorkFailed()", "last"])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `cancelling fails at once and drops the result`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var failures: [any Error] = []
            let deferred = reactor.deferToThread { 1 }
            deferred.addCallbacks(
                { _ in Issue.record("It got a result.") },
                { failures.append($0) }
            )
            deferred.cancel()
            #expect(failures.count == 1 && failures[0] is CancelledError)
            var other = false
            reactor.deferToThread { 2 }.addCallback { _ in other = true }
            reactor.turn(until: { other })
            #expect(failures.count == 1)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `work may be asked for from the result of other work`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var depth = 0
            func next() {
                reactor.deferToThread { 1 }.addCallback { one in
                    depth += one
                    if depth == 50 { reactor.stop() } else { next() }
                }
            }
            next()
            reactor.runToStop()
            #expect(depth == 50)
        }
    }

    // 64, test_threadpool: test_workBeforeStarting.
    @Test(arguments: ReactorKind.allCases)
    func `work may be asked for before the run`(kind: ReactorKind) {
        kind.withReactor { reactor in
            reactor.deferToThread { 1 }.addCallback { _ in reactor.stop() }
            reactor.runToStop()
        }
    }

    // 51, test_threads: test_stopThreadPool. Departure: nothing is waited for, the deferred never
    // fires.
    @Test(arguments: ReactorKind.allCases)
    func `the results of a reactor that has gone never come`(kind: ReactorKind) {
        var fired = false
        kind.withReactor { reactor in
            reactor.stop()
            reactor.run()
            reactor.deferToThread { 1 }.addBoth { _ in fired = true }
        }
        #expect(!fired)
    }

    @Test(arguments: ReactorKind.allCases)
    func `the shutdown may wait for work`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var saved = false
            reactor.addAsyncTrigger(before: .shutdown) {
                reactor.deferToThread { true }.addCallback { saved = $0 }
            }
            reactor.callLater(.zero) { reactor.stop() }
            reactor.runToStop()
            #expect(saved)
        }
    }
}

private struct WorkFailed: Error {}
