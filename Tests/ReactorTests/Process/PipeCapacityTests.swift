// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Reactor

/// Tests when the pipe of a child is enlarged, and when it shrinks again.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1))) struct `Pipe capacity` {
    /// A pipe together with the `PipeCapacity` under test.
    private struct Pipe: ~Copyable {
        let read: Int32
        let write: Int32
        private var state = PipeCapacity()

        init() throws {
            (self.read, self.write) = try Syscalls.pipe()
        }

        deinit {
            close(self.read)
            close(self.write)
        }

        /// The size that the kernel reports for the pipe.
        var kibibytes: Int32 { fcntl(self.read, 1032) / 1024 }  // F_GETPIPE_SZ

        mutating func hasRead(
            _ kibibytes: Int,
            times: Int = 1,
            _ queue: DelayedCallQueue,
            _ budget: PipeBudget
        ) {
            for _ in 0..<times {
                self.state.hasRead(kibibytes * 1024, from: self.read, queue, budget)
            }
        }

        mutating func closes() { self.state.pipeCloses() }
    }

    private let queue = DelayedCallQueue()
    private let budget = PipeBudget()

    private func advance(by time: Duration) {
        self.queue.now += time.nanoseconds
        self.queue.runDue()
    }

    @Test func `a pipe is enlarged after eight consecutive full reads`() throws {
        var pipe = try Pipe()
        pipe.hasRead(64, times: 7, self.queue, self.budget)
        #expect(pipe.kibibytes == 64)
        pipe.hasRead(64, self.queue, self.budget)
        #expect(pipe.kibibytes == 256)
    }

    @Test func `a read that finds the pipe not full restarts the count`() throws {
        var pipe = try Pipe()
        pipe.hasRead(64, times: 7, self.queue, self.budget)
        pipe.hasRead(63, self.queue, self.budget)
        pipe.hasRead(64, times: 7, self.queue, self.budget)
        #expect(pipe.kibibytes == 64)
        pipe.hasRead(64, self.queue, self.budget)
        #expect(pipe.kibibytes == 256)
    }

    @Test func `an enlarged pipe shrinks after a second without reads, and may grow again`()
        throws
    {
        var pipe = try Pipe()
        pipe.hasRead(64, times: 8, self.queue, self.budget)
        self.advance(by: .milliseconds(900))
        pipe.hasRead(1, self.queue, self.budget)
        self.advance(by: .milliseconds(900))
        #expect(pipe.kibibytes == 256)
        self.advance(by: .milliseconds(100))
        #expect(pipe.kibibytes == 64)
        #expect(self.queue.pending.isEmpty)
        pipe.hasRead(64, times: 8, self.queue, self.budget)
        #expect(pipe.kibibytes == 256)
    }

    @Test func `a pipe with more content than fits into a small one stays large until it is read`()
        throws
    {
        var pipe = try Pipe()
        pipe.hasRead(64, times: 8, self.queue, self.budget)
        let output = [UInt8](repeating: 0, count: 100 * 1024)
        #expect(write(pipe.write, output, output.count) == output.count)
        self.advance(by: .seconds(5))
        #expect(pipe.kibibytes == 256)
        var input = output
        #expect(read(pipe.read, &input, input.count) == input.count)
        self.advance(by: .seconds(1))
        #expect(pipe.kibibytes == 64)
    }

    @Test func `the budget limits the large pipes, and each pipe gives its share back`() throws {
        let budget = PipeBudget(pipes: 2)
        var first = try Pipe()
        var second = try Pipe()
        var third = try Pipe()
        first.hasRead(64, times: 8, self.queue, budget)
        second.hasRead(64, times: 8, self.queue, budget)
        third.hasRead(64, times: 8, self.queue, budget)
        #expect([first.kibibytes, second.kibibytes, third.kibibytes] == [256, 256, 64])
        // The first pipe gives its share back when it closes, the second after a quiet second.
        first.closes()
        third.hasRead(64, times: 8, self.queue, budget)
        #expect(third.kibibytes == 256)
        self.advance(by: .seconds(1))
        var fourth = try Pipe()
        var fifth = try Pipe()
        fourth.hasRead(64, times: 8, self.queue, budget)
        fifth.hasRead(64, times: 8, self.queue, budget)
        #expect([third.kibibytes, fourth.kibibytes, fifth.kibibytes] == [64, 256, 256])
    }

    @Test func `after a refusal with EPERM no pipe is enlarged`() throws {
        let calls = Calls(giving: EPERM)
        let budget = PipeBudget(resize: calls.resize)
        var pipe = try Pipe()
        var other = try Pipe()
        pipe.hasRead(64, times: 16, self.queue, budget)
        other.hasRead(64, times: 16, self.queue, budget)
        #expect(calls.count == 1)
        #expect(self.queue.pending.isEmpty)
    }

    @Test func `after a refusal with another error further attempts are made`() throws {
        let calls = Calls(giving: ENOMEM)
        let budget = PipeBudget(resize: calls.resize)
        var pipe = try Pipe()
        pipe.hasRead(64, times: 16, self.queue, budget)
        #expect(calls.count == 2)
    }
}

/// A kernel that returns the same result for each call, and counts the calls.
private final class Calls: Sendable {
    private let answer: Int32
    private let counter = Mutex(0)

    init(giving answer: Int32) {
        self.answer = answer
    }

    var count: Int { self.counter.withLock { $0 } }

    var resize: PipeBudget.Resize {
        { _, _ in
            self.counter.withLock { $0 += 1 }
            return self.answer
        }
    }
}

/// Tests the limit on the number of enlarged pipes in a process.
@Suite(.timeLimit(.minutes(1))) struct `Pipe budget` {
    private func enlarge(_ times: Int, _ budget: PipeBudget) -> Int {
        (0..<times).count { _ in budget.enlarge(-1, to: 0) }
    }

    @Test func `a process may enlarge at most 64 pipes at a time`() {
        let budget = PipeBudget(resize: { _, _ in 0 })
        #expect(self.enlarge(65, budget) == 64)
        budget.giveBack()
        #expect(self.enlarge(2, budget) == 1)
    }

    @Test func `reactors on several threads share one budget`() {
        let budget = PipeBudget(pipes: 50, resize: { _, _ in 0 })
        let taken = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<1000 where budget.enlarge(-1, to: 0) { budget.giveBack() }
            let count = self.enlarge(20, budget)
            taken.withLock { $0 += count }
        }
        #expect(taken.withLock { $0 } == 50)
    }

    @Test func `a failed attempt to enlarge a pipe takes nothing from the budget`() {
        let answers = Mutex<[Int32]>([12, 12, 0, 0])
        let budget = PipeBudget(
            pipes: 1,
            resize: { _, _ in answers.withLock { $0.removeFirst() } }
        )
        #expect(self.enlarge(4, budget) == 1)
        #expect(answers.withLock { $0.count } == 1)
    }
}
