// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// `deferToThread`, on both reactors.
///
/// The comments name the tests of Twisted that check the same behavior.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Work on threads` {
    // Twisted: test_deferredResult.
    @Test(arguments: ReactorKind.allCases)
    func `the result of the work arrives on the reactor's thread`(kind: ReactorKind) {
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

    // Twisted: test_deferredFailure, test_deferredFailureAfterSuccess.
    @Test(arguments: ReactorKind.allCases)
    func `an error of the work arrives at its deferred and affects no other`(kind: ReactorKind) {
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
    func `a cancelled deferred fails at once and ignores the later result`(kind: ReactorKind) {
        kind.withReactor { reactor in
            var failures: [any Error] = []
            let deferred = reactor.deferToThread { 1 }
            deferred.addCallbacks(
                { _ in Issue.record("The cancelled deferred received a result.") },
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
    func `a callback of deferToThread may call deferToThread again`(kind: ReactorKind) {
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

    // Twisted: test_workBeforeStarting.
    @Test(arguments: ReactorKind.allCases)
    func `work may be submitted before the reactor runs`(kind: ReactorKind) {
        kind.withReactor { reactor in
            reactor.deferToThread { 1 }.addCallback { _ in reactor.stop() }
            reactor.runToStop()
        }
    }

    // Twisted: test_stopThreadPool. Unlike Twisted, the shutdown does not wait for the threads, and
    // the deferred never fires.
    @Test(arguments: ReactorKind.allCases)
    func `deferToThread never fires after the reactor has shut down`(kind: ReactorKind) {
        var fired = false
        kind.withReactor { reactor in
            reactor.stop()
            reactor.run()
            reactor.deferToThread { 1 }.addBoth { _ in fired = true }
        }
        #expect(!fired)
    }

    @Test(arguments: ReactorKind.allCases)
    func `a shutdown trigger may wait for the result of a thread`(kind: ReactorKind) {
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
