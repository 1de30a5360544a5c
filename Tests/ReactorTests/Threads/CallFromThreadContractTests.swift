// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Reactor
import Synchronization
import Testing

/// Calls from other threads through `ReactorHandle`, on both reactors.
///
/// The comments name the tests of Twisted that check the same behavior.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Calls from threads` {
    // Twisted: test_callFromThread, testWakeUp.
    @Test(arguments: ReactorKind.allCases)
    func `a call from another thread wakes the reactor and runs on its thread`(kind: ReactorKind) {
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

    // Twisted: test_delayedCallFromThread.
    @Test(arguments: ReactorKind.allCases)
    func `a call from the reactor's own thread wakes the reactor`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let handle = reactor.handle
            let before = reactor.now
            reactor.callLater(.zero) { handle.callFromThread { handle.stop() } }
            reactor.runToStop()
            #expect(reactor.now - before < .seconds(10))
        }
    }

    // Twisted: test_scheduledThreadsNotRunUntilReactorRuns, test_workBeforeStarting.
    @Test(arguments: ReactorKind.allCases)
    func `a call from a thread waits until the reactor runs`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let notes = Notes()
            #expect(reactor.handle.callFromThread { notes.add("ran") })
            #expect(notes.texts == [])
            reactor.iterate(.zero)
            #expect(notes.texts == ["ran"])
        }
    }

    // Twisted: test_lotsOfThreadsAreScheduledCorrectly, test_threadsAreRunInScheduledOrder.
    @Test(arguments: ReactorKind.allCases)
    func `calls from one thread run in the order of their arrival`(kind: ReactorKind) {
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
    func `calls from many threads all run, in order for each thread`(kind: ReactorKind) {
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

    // Twisted: testCallFromThreadStops. A turn runs only the calls that were in the mailbox at
    // its start.
    @Test(arguments: ReactorKind.allCases)
    func `calls that submit further calls do not delay other work`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let again = Again(reactor.handle)
            again.start()
            reactor.callLater(.milliseconds(1)) { reactor.stop() }
            reactor.callLater(.zero) {}
            // The clock of the fake reactor advances only when no event is ready, which never
            // happens here. So the test counts the calls in each turn of the fake reactor instead.
            if kind == .memory {
                for _ in 0..<3 { reactor.iterate(.zero) }
                #expect(again.count == 3)
            } else {
                reactor.runToStop()
                #expect(again.count > 0)
            }
        }
    }

    // Twisted: test_wakerOverflow.
    @Test(arguments: ReactorKind.allCases)
    func `a busy reactor accepts a hundred thousand calls before it runs one`(kind: ReactorKind) {
        kind.withReactor { reactor in
            let notes = Notes()
            for number in 0..<100_000 {
                reactor.handle.callFromThread { if number == 99_999 { notes.add("last") } }
            }
            reactor.iterate(.zero)
            #expect(notes.texts == ["last"])
        }
    }

    // Twisted: testCallBeforeStartupUnexecuted.
    @Test(arguments: ReactorKind.allCases)
    func `calls are released without running if the reactor never runs`(kind: ReactorKind) {
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

    // Twisted accepts such a call and never runs it.
    @Test(arguments: ReactorKind.allCases)
    func `calls are refused after the reactor has shut down`(kind: ReactorKind) {
        var handle: ReactorHandle?
        kind.withReactor { reactor in
            handle = reactor.handle
            reactor.stop()
            reactor.run()
            #expect(reactor.handle.callFromThread {} == false)
        }
        #expect(handle?.callFromThread { Issue.record("A refused call ran.") } == false)
        #expect(handle?.stop() == false)
        #expect(handle?.isOnReactor == true)
    }

    @Test(arguments: ReactorKind.allCases)
    func `each accepted call runs or is released when the reactor shuts down`(kind: ReactorKind) {
        let running = RunningReactor(kind)
        let handle = running.handle
        let tally = CallTally()
        let done = DispatchSemaphore(value: 0)
        startThread {
            var number = 0
            while true {
                let call = CountedCall(number, tally)
                guard handle.callFromThread({ call.run() }) else { break }
                number += 1
                tally.noteAccepted()
            }
            done.signal()
        }
        // The reactor stops while the thread submits calls.
        while tally.counts.ran < 100 { sched_yield() }
        let acceptedBeforeStop = tally.counts.accepted
        handle.stop()
        running.waitForEnd()
        #expect(done.wait(timeout: .now() + 20) == .success)
        let counts = tally.counts
        // The calls that ran are the first ones, each once and in order. They include all calls
        // that were accepted before the stop.
        #expect(counts.areInOrder)
        #expect(counts.ran >= acceptedBeforeStop)
        // All other calls were released without running: the accepted ones that were still in the
        // mailbox at the shutdown, and the last one, which the handle refused.
        #expect(counts.ran + counts.releasedUnrun == counts.accepted + 1)
    }

    // Twisted: test_isInIOThread, test_isNotInIOThread.
    @Test(arguments: ReactorKind.allCases)
    func `the handle identifies the reactor's thread`(kind: ReactorKind) {
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

/// Counts what happens to the calls that a thread submits.
private final class CallTally: Sendable {
    struct Counts {
        /// The number of calls that the handle accepted.
        var accepted = 0
        var ran = 0
        /// The number of calls that were released without having run.
        var releasedUnrun = 0
        /// Whether the calls that ran have the numbers 0, 1, 2 and so on.
        var areInOrder = true
    }

    private let state = Mutex(Counts())

    var counts: Counts { self.state.withLock { $0 } }

    func noteAccepted() {
        self.state.withLock { $0.accepted += 1 }
    }

    func noteRun(_ number: Int) {
        self.state.withLock { counts in
            if number != counts.ran { counts.areInOrder = false }
            counts.ran += 1
        }
    }

    func noteReleasedUnrun() {
        self.state.withLock { $0.releasedUnrun += 1 }
    }
}

/// A call that reports to a tally when it runs, or when it is released without having run.
private final class CountedCall: Sendable {
    private let number: Int
    private let tally: CallTally
    private let hasRun = Atomic(false)

    init(_ number: Int, _ tally: CallTally) {
        self.number = number
        self.tally = tally
    }

    deinit {
        if !self.hasRun.load(ordering: .relaxed) { self.tally.noteReleasedUnrun() }
    }

    func run() {
        self.hasRun.store(true, ordering: .relaxed)
        self.tally.noteRun(self.number)
    }
}

/// A call that submits itself again each time it runs.
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
