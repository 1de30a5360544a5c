// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import Reactor

/// When a pipe of a child's is enlarged, and when it is made small again.
@Suite(.serialized, .leavesNothingBehind, .timeLimit(.minutes(1))) struct PipeCapacityTests {
    /// The read end of a pipe that a capacity looks after.
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

        /// How much it holds.
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

    private func pass(_ time: Duration) {
        self.queue.now += time.nanoseconds
        self.queue.runDue()
    }

    @Test func `a pipe is enlarged after eight full reads, not before`() throws {
        var pipe = try Pipe()
        pipe.hasRead(64, times: 7, self.queue, self.budget)
        #expect(pipe.kibibytes == 64)
        pipe.hasRead(64, self.queue, self.budget)
        #expect(pipe.kibibytes == 256)
    }

    @Test func `one read that is not full starts the count anew`() throws {
        var pipe = try Pipe()
        pipe.hasRead(64, times: 7, self.queue, self.budget)
        pipe.hasRead(63, self.queue, self.budget)
        pipe.hasRead(64, times: 7, self.queue, self.budget)
        #expect(pipe.kibibytes == 64)
        pipe.hasRead(64, self.queue, self.budget)
        #expect(pipe.kibibytes == 256)
    }

    @Test func `an enlarged pipe that is quiet for a second is small again, and may grow again`()
        throws
    {
        var pipe = try Pipe()
        pipe.hasRead(64, times: 8, self.queue, self.budget)
        self.pass(.milliseconds(900))
        pipe.hasRead(1, self.queue, self.budget)
        self.pass(.milliseconds(900))
        #expect(pipe.kibibytes == 256)
        self.pass(.milliseconds(100))
        #expect(pipe.kibibytes == 64)
        #expect(self.queue.pending.isEmpty)
        pipe.hasRead(64, times: 8, self.queue, self.budget)
        #expect(pipe.kibibytes == 256)
    }

    @Test func `a pipe that holds more than a small one would stays large until that is read`()
        throws
    {
        var pipe = try Pipe()
        pipe.hasRead(64, times: 8, self.queue, self.budget)
        let output = [UInt8](repeating: 0, count: 100 * 1024)
        #expect(write(pipe.write, output, output.count) == output.count)
        self.pass(.seconds(5))
        #expect(pipe.kibibytes == 256)
        var input = output
        #expect(read(pipe.read, &input, input.count) == input.count)
        self.pass(.seconds(1))
        #expect(pipe.kibibytes == 64)
    }

    @Test func `no more pipes are large than the budget has, and each gives its place back`() throws
    {
        let budget = PipeBudget(pipes: 2)
        var first = try Pipe()
        var second = try Pipe()
        var third = try Pipe()
        first.hasRead(64, times: 8, self.queue, budget)
        second.hasRead(64, times: 8, self.queue, budget)
        third.hasRead(64, times: 8, self.queue, budget)
        #expect([first.kibibytes, second.kibibytes, third.kibibytes] == [256, 256, 64])
        // One by its end, one by being quiet.
        first.closes()
        third.hasRead(64, times: 8, self.queue, budget)
        #expect(third.kibibytes == 256)
        self.pass(.seconds(1))
        var fourth = try Pipe()
        var fifth = try Pipe()
        fourth.hasRead(64, times: 8, self.queue, budget)
        fifth.hasRead(64, times: 8, self.queue, budget)
        #expect([third.kibibytes, fourth.kibibytes, fifth.kibibytes] == [64, 256, 256])
    }

    @Test func `nothing is enlarged any more once the kernel has refused it`() throws {
        let calls = Calls(giving: EPERM)
        let budget = PipeBudget(resize: calls.resize)
        var pipe = try Pipe()
        var other = try Pipe()
        pipe.hasRead(64, times: 16, self.queue, budget)
        other.hasRead(64, times: 16, self.queue, budget)
        #expect(calls.count == 1)
        #expect(self.queue.pending.isEmpty)
    }

    @Test func `another refusal than that of the user's limit is no reason to give up`() throws {
        let calls = Calls(giving: ENOMEM)
        let budget = PipeBudget(resize: calls.resize)
        var pipe = try Pipe()
        pipe.hasRead(64, times: 16, self.queue, budget)
        #expect(calls.count == 2)
    }
}

/// A kernel that gives the same answer each time.
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
