// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// `gatherResults`, after `test_gatherResults` and `test_cancelGatherResults` in Twisted.
@Suite struct `Gathered deferreds` {
    private struct Broken: Error {
        var number: Int
    }

    private let inputs = (0..<3).map { _ in Deferred<Int>() }

    @Test func `gatherResults returns the values in the order of the deferreds`() {
        let gathered = gatherResults(self.inputs)
        self.inputs[2].succeed(2)
        self.inputs[0].succeed(0)
        #expect(gathered.isPending)
        self.inputs[1].succeed(1)
        #expect(outcome(gathered) == .value([0, 1, 2]))
    }

    @Test func `gatherResults fires at once with no values if there are no deferreds`() {
        #expect(outcome(gatherResults([Deferred<Int>]())) == .value([]))
    }

    @Test func `gatherResults fails with the first error, and later errors count as handled`() {
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

    @Test func `gatherResults ignores values that arrive after the first error`() {
        let gathered = gatherResults(self.inputs)
        self.inputs[0].fail(Broken(number: 0))
        self.inputs[1].succeed(1)
        self.inputs[2].succeed(2)
        #expect(outcome(gathered) == .error("Broken(number: 0)"))
    }

    @Test func `cancelling the gathered deferred cancels all deferreds that have not fired`() {
        var cancels: [Int] = []
        let inputs = (0..<3).map { number in Deferred<Int> { _ in cancels.append(number) } }
        let gathered = gatherResults(inputs)
        inputs[1].succeed(1)
        // An operation keeps its deferred alive until it fires it. The test stands in for it here.
        withExtendedLifetime(inputs) { gathered.cancel() }
        #expect(cancels == [0, 2])
        #expect(outcome(gathered) == .error("\(CancelledError())"))
    }

    @Test func `deferreds that are released before they fire release the gathered deferred`() {
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
