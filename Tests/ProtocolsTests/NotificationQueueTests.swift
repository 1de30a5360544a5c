// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import Testing

@Suite struct `A queue of notifications` {
    /// Collects what happened, for closures to write to.
    private final class Record {
        var events: [String] = []
    }

    private let queue = NotificationQueue()
    private let record = Record()

    /// Queues a notification that says when it runs, and answers when the deferred fires.
    private func run(_ name: String, _ answer: Deferred<Void> = .succeeded(())) {
        let record = self.record
        self.queue.run {
            record.events.append(name)
            return answer
        } onFailure: {
            record.events.append("\(name) failed: \($0)")
        }
    }

    @Test func `runs the first inside the call and the others in the order in which they came`() {
        let answers = (1...4).map { _ in Deferred<Void>() }
        for (index, answer) in answers.enumerated() { self.run("\(index + 1)", answer) }
        #expect(self.record.events == ["1"])
        answers[0].succeed()
        #expect(self.record.events == ["1", "2"])
        // The answer of one that waits may come before its turn.
        answers[2].succeed()
        #expect(self.record.events == ["1", "2"])
        answers[1].succeed()
        #expect(self.record.events == ["1", "2", "3", "4"])
    }

    @Test func `is free again after each`() {
        for name in ["1", "2", "3"] { self.run(name) }
        #expect(self.record.events == ["1", "2", "3"])
    }

    @Test func `tells of a failure while the others still wait`() {
        let first = Deferred<Void>()
        let queue = self.queue
        let record = self.record
        queue.run {
            first
        } onFailure: {
            record.events.append("failed")
            queue.failure = $0
        }
        self.run("2")
        self.run("3")
        queue.whenThrough { record.events.append("through") }
        first.fail(TestFailure("first"))
        #expect(record.events == ["failed", "through"])
    }

    @Test func `goes on when nobody records the failure`() {
        let first = Deferred<Void>()
        self.run("1", first)
        self.run("2")
        first.fail(TestFailure("first"))
        #expect(self.record.events == ["1", "1 failed: first", "2"])
    }

    @Test func `takes what is thrown for a failure`() {
        let record = self.record
        self.queue.run {
            throw TestFailure("thrown")
        } onFailure: {
            record.events.append("\($0)")
        }
        self.run("2")
        #expect(record.events == ["thrown", "2"])
    }

    @Test func `drops all that comes after a failure was recorded`() {
        let record = self.record
        self.queue.failure = TestFailure("recorded")
        self.run("1")
        self.queue.whenThrough { record.events.append("through") }
        #expect(record.events == ["through"])
    }

    @Test func `says when a notification is through, also when it failed or was dropped`() {
        let first = Deferred<Void>()
        let queue = self.queue
        let record = self.record
        queue.run {
            first
        } onFailure: {
            queue.failure = $0
        }.whenFired { _ in record.events.append("1 through") }
        queue.run {
            .succeeded(())
        } onFailure: { _ in
        }.whenFired { _ in record.events.append("2 through") }
        #expect(record.events.isEmpty)
        first.fail(TestFailure("first"))
        #expect(record.events.sorted() == ["1 through", "2 through"])
    }

    @Test func `takes another from inside one, for later`() {
        let answer = Deferred<Void>()
        let record = self.record
        self.queue.run {
            record.events.append("1")
            self.run("inner")
            record.events.append("1 goes on")
            return answer
        } onFailure: { _ in
        }
        #expect(record.events == ["1", "1 goes on"])
        answer.succeed()
        #expect(record.events == ["1", "1 goes on", "inner"])
    }

    // Reference W4: the original handed over by recursion, and broke at about 110.
    @Test func `drops a million that wait, without growing the stack`() {
        let first = Deferred<Void>()
        let queue = self.queue
        var ran = 0
        var isThrough = false
        queue.run {
            first
        } onFailure: {
            queue.failure = $0
        }
        for _ in 0..<1_000_000 {
            queue.run {
                ran += 1
                return .succeeded(())
            } onFailure: { _ in
            }
        }
        queue.whenThrough { isThrough = true }
        first.fail(TestFailure("first"))
        #expect(ran == 0)
        #expect(isThrough)
    }

    @Test func `runs a hundred thousand that wait, without growing the stack`() {
        let first = Deferred<Void>()
        var ran = 0
        self.queue.run {
            first
        } onFailure: { _ in
        }
        for _ in 0..<100_000 {
            self.queue.run {
                ran += 1
                return .succeeded(())
            } onFailure: { _ in
            }
        }
        first.succeed()
        #expect(ran == 100_000)
    }
}
