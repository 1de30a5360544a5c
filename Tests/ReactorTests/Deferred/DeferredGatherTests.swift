// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// twisted.md §8, 167.
@Suite struct DeferredGatherTests {
    private struct Broken: Error {
        var number: Int
    }

    private let inputs = (0..<3).map { _ in Deferred<Int>() }

    @Test func `the values come in the order of the deferreds, when the last one has fired`() {
        let gathered = gatherResults(self.inputs)
        self.inputs[2].succeed(2)
        self.inputs[0].succeed(0)
        #expect(gathered.isPending)
        self.inputs[1].succeed(1)
        #expect(outcome(gathered) == .value([0, 1, 2]))
    }

    @Test func `no deferreds give no values, at once`() {
        #expect(outcome(gatherResults([Deferred<Int>]())) == .value([]))
    }

    @Test func `the first failure wins at once, and the others count as handled`() {
        let failures = failuresLeft {
            let inputs = (0..<3).map { _ in Deferred<Int>() }
            let gathered = gatherResults(inputs)
            inputs[0].succeed(0)
            inputs[2].fail(Broken(number: 2))
            #expect(outcome(gathered) == .error("Broken(number: 2)"))
            inputs[1].fail(Broken(number: 1))
        }
        #expect(failures.isEmpty)
    }

    @Test func `a value after the first failure is dropped`() {
        let gathered = gatherResults(self.inputs)
        self.inputs[0].fail(Broken(number: 0))
        self.inputs[1].succeed(1)
        self.inputs[2].succeed(2)
        #expect(outcome(gathered) == .error("Broken(number: 0)"))
    }

    @Test func `cancelling cancels all that have not fired`() {
        var cancels: [Int] = []
        let inputs = (0..<3).map { number in Deferred<Int> { _ in cancels.append(number) } }
        let gathered = gatherResults(inputs)
        inputs[1].succeed(1)
        // Whoever does the work keeps its deferred; here that is us.
        withExtendedLifetime(inputs) { gathered.cancel() }
        #expect(cancels == [0, 2])
        #expect(outcome(gathered) == .error("\(CancelledError())"))
    }

    @Test func `deferreds that go unfired release what waits for them`() {
        final class Token {}
        weak var weakToken: Token?
        do {
            let token = Token()
            weakToken = token
            gatherResults([Deferred<Int>(), Deferred<Int>()]).addCallback { _ in _ = token }
        }
        #expect(weakToken == nil)
    }
}
