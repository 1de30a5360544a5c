// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Reactor
import Testing

/// The door for other threads, on both reactors; numbers are those of twisted.md §8.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct CallFromThreadContractTests {
    // 50, 53, test_threads: test_callFromThread; test_internet: testWakeUp.
    @Test(arguments: ReactorKind.allCases)
    func `a call from a thread wakes the reactor and runs on its thread`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let handle = reactor.handle
            let notes = Notes()
            reactor.callWhenRunning {
                startThread {
                    notes.add("on the reactor before: \(handle.isOnReactor)")
                    handle.callFromThread {
                        notes.add("on the reactor inside: \(handle.isOnReactor)")
                        handle.stop()
                    }
                }
            }
            reactor.runToStopByThread()
            #expect(
                notes.texts == ["on the reactor before: false", "on the reactor inside: true"]
            )
        }
    }

    // 49, test_threads: test_delayedCallFromThread.
    @Test(arguments: ReactorKind.allCases)
    func `a call from the reactor's own thread needs no other event`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let handle = reactor.handle
            let before = reactor.now
            reactor.callLater(.zero) { handle.callFromThread { handle.stop() } }
            reactor.runToStop()
            #expect(reactor.now - before < .seconds(10))
        }
    }

    // 57, test_internet: test_scheduledThreadsNotRunUntilReactorRuns. 64: test_workBeforeStarting.
    @Test(arguments: ReactorKind.allCases)
    func `nothing runs before the reactor does`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let notes = Notes()
            #expect(reactor.handle.callFromThread { notes.add("ran") })
            #expect(notes.texts == [])
            reactor.iterate(.zero)
            #expect(notes.texts == ["ran"])
        }
    }

    // 55, 56, test_internet: test_lotsOfThreadsAreScheduledCorrectly,
    // test_threadsAreRunInScheduledOrder.
    @Test(arguments: ReactorKind.allCases)
    func `calls run in the order in which they came`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let handle = reactor.handle
            let notes = Notes()
            startThread {
                for number in 0..<1_000 { handle.callFromThread { notes.add("\(number)") } }
                handle.stop()
            }
            reactor.runToStopByThread()
            #expect(notes.texts == (0..<1_000).map(String.init))
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `calls of many threads all run, each thread's in order`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let handle = reactor.handle
            let notes = Notes()
            for thread in 0..<8 {
                startThread {
                    for number in 0..<500 {
                        handle.callFromThread { notes.add("\(thread) \(number)") }
                    }
                    handle.callFromThread {
                        notes.add("end")
                        if notes.texts.count(where: { $0 == "end" }) == 8 { handle.stop() }
                    }
                }
            }
            reactor.runToStopByThread()
            for thread in 0..<8 {
                let own = notes.texts.filter { $0.hasPrefix("\(thread) ") }
                #expect(own == (0..<500).map { "\(thread) \($0)" })
            }
        }
    }

    // 54, test_internet: testCallFromThreadStops. base: only as many as were there at the start of
    // the turn.
    @Test(arguments: ReactorKind.allCases)
    func `calls that make further calls leave room for the rest`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let again = Again(reactor.handle)
            again.start()
            reactor.callLater(.milliseconds(1)) { reactor.stop() }
            reactor.callLater(.zero) {}
            // The fake's clock moves only when nothing is ready: a turn of its own shows the same
            // there.
            if kind == .memory {
                for _ in 0..<3 { reactor.iterate(.zero) }
                #expect(again.count == 3)
            } else {
                reactor.runToStop()
                #expect(again.count > 0)
            }
        }
    }

    // 58, test_threads: test_wakerOverflow.
    @Test(arguments: ReactorKind.allCases)
    func `a reactor that is busy may be called as often as one likes`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let notes = Notes()
            for number in 0..<100_000 {
                reactor.handle.callFromThread { if number == 99_999 { notes.add("last") } }
            }
            reactor.iterate(.zero)
            #expect(notes.texts == ["last"])
        }
    }

    // 63, test_internet: testCallBeforeStartupUnexecuted.
    @Test(arguments: ReactorKind.allCases)
    func `calls that wait for a reactor that never runs are dropped with it`(kind: ReactorKind) {
        weak var seen: Captured?
        let notes = Notes()
        kind.withReactor { reactor in
            let captured = Captured()
            seen = captured
            reactor.handle.callFromThread { notes.add("ran \(captured)") }
        }
        #expect(seen == nil)
        #expect(notes.texts == [])
    }

    // Departure: refused instead of lost.
    @Test(arguments: ReactorKind.allCases)
    func `calls for a reactor that has gone are refused`(kind: ReactorKind) {
        var handle: ReactorHandle?
        kind.withReactor { reactor in
            handle = reactor.handle
            reactor.stop()
            reactor.run()
            #expect(reactor.handle.callFromThread {} == false)
        }
        #expect(handle?.callFromThread { Issue.record("It was called.") } == false)
        #expect(handle?.stop() == false)
        #expect(handle?.isOnReactor == true)
    }

    @Test(arguments: ReactorKind.allCases)
    func `threads that call while the reactor goes are answered, not lost`(kind: ReactorKind) {
        let running = RunningReactor(kind)
        let handle = running.handle
        let ran = Notes()
        let done = DispatchSemaphore(value: 0)
        startThread {
            var accepted = 0
            while handle.callFromThread({ ran.add("") }) { accepted += 1 }
            done.signal()
        }
        handle.callFromThread { handle.stop() }
        running.waitForEnd()
        #expect(done.wait(timeout: .now() + 20) == .success)
    }

    // 52, test_internet: test_isInIOThread, test_isNotInIOThread.
    @Test(arguments: ReactorKind.allCases)
    func `the handle knows the reactor's thread`(kind: ReactorKind) {
        kind.withReactor { reactor in
            #expect(reactor.handle.isOnReactor)
            #expect(reactor.handle.isIsolatingCurrentContext() == true)
            reactor.handle.checkIsolated()
            let handle = reactor.handle
            let done = DispatchSemaphore(value: 0)
            let notes = Notes()
            startThread {
                notes.add("\(handle.isOnReactor)")
                done.signal()
            }
            done.wait()
            #expect(notes.texts == ["false"])
        }
    }
}

private final class Captured: Sendable {}

/// A call that asks for itself again, for ever.
private final class Again: Sendable {
    private let handle: ReactorHandle
    private let notes = Notes()

    init(_ handle: ReactorHandle) { self.handle = handle }

    var count: Int { self.notes.texts.count }

    func start() {
        self.handle.callFromThread {
            self.notes.add("")
            self.start()
        }
    }
}
