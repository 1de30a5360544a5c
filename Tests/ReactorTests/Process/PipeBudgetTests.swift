// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization
import Testing

@testable import Reactor

/// How many pipes of a process may be large.
@Suite(.timeLimit(.minutes(1))) struct PipeBudgetTests {
    private func enlarge(_ times: Int, _ budget: PipeBudget) -> Int {
        (0..<times).count { _ in budget.enlarge(-1, to: 0) }
    }

    @Test func `a process has 64 large pipes at most`() {
        let budget = PipeBudget(resize: { _, _ in 0 })
        #expect(self.enlarge(65, budget) == 64)
        budget.giveBack()
        #expect(self.enlarge(2, budget) == 1)
    }

    @Test func `reactors in several threads share one budget`() {
        let budget = PipeBudget(pipes: 50, resize: { _, _ in 0 })
        let taken = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<1000 where budget.enlarge(-1, to: 0) { budget.giveBack() }
            let count = self.enlarge(20, budget)
            taken.withLock { $0 += count }
        }
        #expect(taken.withLock { $0 } == 50)
    }

    @Test func `a refusal for want of anything else takes no place`() {
        let answers = Mutex<[Int32]>([12, 12, 0, 0])
        let budget = PipeBudget(
            pipes: 1,
            resize: { _, _ in answers.withLock { $0.removeFirst() } }
        )
        #expect(self.enlarge(4, budget) == 1)
        #expect(answers.withLock { $0.count } == 1)
    }
}
