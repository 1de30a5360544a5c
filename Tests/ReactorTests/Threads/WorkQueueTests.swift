// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import Reactor

/// The queue of work for the worker threads.
@Suite(.timeLimit(.minutes(5))) struct `Work queue` {
    @Test func `a work queue returns its items in order while new ones arrive`() {
        let queue = WorkQueue()
        let seen = Mutex<[Int]>([])
        func add(_ numbers: Range<Int>) {
            for number in numbers {
                _ = queue.add({ seen.withLock { $0.append(number) } }, threadLimit: 0)
            }
        }
        add(0..<3)
        queue.take()?()
        add(3..<5)
        for _ in 0..<4 { queue.take()?() }
        add(5..<6)
        queue.take()?()
        #expect(seen.withLock { $0 } == Array(0..<6))
    }

    // Removing the first element of an array moves all the others. A queue that did so would need
    // minutes for this many items. The limit is in processor time of this thread, which does not
    // pass faster while other programs keep the machine busy.
    @Test func `the cost of taking an item does not grow with the length of a work queue`() {
        let count = 1_000_000
        let queue = WorkQueue()
        let ran = Atomic(0)
        for _ in 0..<count {
            _ = queue.add({ ran.wrappingAdd(1, ordering: .relaxed) }, threadLimit: 0)
        }
        let start = self.processorSeconds
        var taken = 0
        while taken < count, self.processorSeconds - start < 10 {
            for _ in 0..<1_000 { queue.take()?() }
            taken += 1_000
        }
        #expect(ran.load(ordering: .relaxed) == count)
    }

    @Test func `a closed work queue releases its items and accepts no more`() {
        final class Token: Sendable {}
        weak var weakToken: Token?
        let queue = WorkQueue()
        do {
            let token = Token()
            weakToken = token
            _ = queue.add({ _ = token }, threadLimit: 0)
        }
        #expect(weakToken != nil)
        queue.close()
        #expect(weakToken == nil)
        #expect(queue.add({}, threadLimit: 4) == false)
        #expect(queue.take() == nil)
    }

    /// The processor time that this thread has used.
    private var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
