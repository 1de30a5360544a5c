// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Reactor
import Synchronization
import Testing

/// The worker threads of `LibevReactor`.
///
/// The comments name the tests of Twisted that check the same behavior.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Worker threads` {
    // Twisted: test_callInThread.
    @Test func `deferToThread runs its work on another thread than the reactor's`() {
        let reactor = LibevReactor()
        let handle = reactor.handle
        var wasOnReactor: Bool?
        reactor.deferToThread { handle.isOnReactor }.addCallback { value in
            wasOnReactor = value
            reactor.stop()
        }
        reactor.runToStop()
        #expect(wasOnReactor == false)
    }

    // Twisted: test_tooMuchWorkBeforeStarting.
    @Test func `a reactor uses at most four worker threads`() {
        let reactor = LibevReactor()
        let load = Load()
        var results: [Int] = []
        for number in 0..<40 {
            reactor.deferToThread { load.enter(number) }.addCallback { results.append($0) }
        }
        reactor.turn(until: { results.count == 40 })
        reactor.shutDown()
        #expect(results.sorted() == Array(0..<40))
        #expect(load.most <= 4)
    }

    @Test func `work starts in the order in which it was submitted`() {
        let reactor = LibevReactor()
        let gate = DispatchSemaphore(value: 0)
        let held = DispatchSemaphore(value: 0)
        for _ in 0..<3 {
            _ = reactor.deferToThread {
                held.signal()
                gate.wait()
            }
        }
        for _ in 0..<3 { held.wait() }
        // Only one of the four threads is free, so the work runs strictly in order.
        var results: [Int] = []
        for number in 0..<40 {
            reactor.deferToThread { number }.addCallback { results.append($0) }
        }
        reactor.turn(until: { results.count == 40 })
        for _ in 0..<3 { gate.signal() }
        reactor.shutDown()
        #expect(results == Array(0..<40))
    }

    @Test func `the shutdown does not wait for work that blocks`() {
        let gate = DispatchSemaphore(value: 0)
        let reactor = LibevReactor()
        var fired = false
        for _ in 0..<6 { reactor.deferToThread { gate.wait() }.addBoth { _ in fired = true } }
        reactor.callLater(.milliseconds(1)) { reactor.stop() }
        reactor.runToStop()
        #expect(!fired)
        for _ in 0..<6 { gate.signal() }
    }

    @Test func `the shutdown releases work that has not begun`() {
        let gate = DispatchSemaphore(value: 0)
        weak var seen: Captured?
        do {
            let reactor = LibevReactor()
            let started = DispatchSemaphore(value: 0)
            for _ in 0..<4 {
                _ = reactor.deferToThread {
                    started.signal()
                    gate.wait()
                }
            }
            for _ in 0..<4 { started.wait() }
            let captured = Captured()
            seen = captured
            _ = reactor.deferToThread { _ = captured }
            reactor.stop()
            reactor.run()
        }
        #expect(seen == nil)
        for _ in 0..<4 { gate.signal() }
    }

    @Test func `a result that arrives after the shutdown is discarded`() {
        let gate = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        do {
            let reactor = LibevReactor()
            let started = DispatchSemaphore(value: 0)
            _ = reactor.deferToThread {
                started.signal()
                gate.wait()
                done.signal()
            }
            started.wait()
            reactor.stop()
            reactor.run()
        }
        gate.signal()
        #expect(done.wait(timeout: .now() + 20) == .success)
    }

    @Test func `eight reactors in eight threads can call each other`() {
        let reactors = (0..<8).map { _ in RunningReactor(.libev) }
        let notes = Notes()
        let done = DispatchSemaphore(value: 0)
        for number in 0..<8 {
            let own = reactors[number].handle
            let next = reactors[(number + 1) % 8].handle
            own.callFromThread {
                // Each thread has its own current reactor, with its own timers and worker threads.
                LibevReactor.current?.callLater(.milliseconds(1)) {
                    next.callFromThread {
                        notes.add("\(next.isOnReactor) \(own.isOnReactor)")
                        LibevReactor.current?.deferToThread { 1 }.addCallback { _ in done.signal() }
                    }
                }
            }
        }
        for _ in 0..<8 { #expect(done.wait(timeout: .now() + 20) == .success) }
        for reactor in reactors { reactor.stopAndWait() }
        #expect(notes.texts == [String](repeating: "true false", count: 8))
    }
}

private final class Captured: Sendable {}

/// Records the greatest number of threads that ran at the same time.
private final class Load: Sendable {
    private let state = Mutex<(now: Int, most: Int)>((0, 0))

    var most: Int { self.state.withLock { $0.most } }

    func enter(_ number: Int) -> Int {
        self.state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
        self.state.withLock { $0.now -= 1 }
        return number
    }
}
