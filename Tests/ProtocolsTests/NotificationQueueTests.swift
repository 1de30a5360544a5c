// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import TestSupport
import Testing

@Suite struct `Notification queue` {
    /// A list of events that closures append to.
    private final class Record {
        var events: [String] = []
    }

    private let queue = NotificationQueue()
    private let record = Record()

    /// Queues a notification that records its name when it runs, and that finishes when
    /// `finished` fires.
    private func run(_ name: String, _ finished: Deferred<Void> = .succeeded(())) {
        let record = self.record
        self.queue.run {
            record.events.append(name)
            return finished
        } onFailure: {
            record.events.append("\(name) failed: \($0)")
        }
    }

    @Test func `the first notification runs inside the call and the others follow in order`() {
        let deferreds = (1...4).map { _ in Deferred<Void>() }
        for (index, deferred) in deferreds.enumerated() { self.run("\(index + 1)", deferred) }
        #expect(self.record.events == ["1"])
        deferreds[0].succeed()
        #expect(self.record.events == ["1", "2"])
        // The deferred of a queued notification may fire before the notification starts.
        deferreds[2].succeed()
        #expect(self.record.events == ["1", "2"])
        deferreds[1].succeed()
        #expect(self.record.events == ["1", "2", "3", "4"])
    }

    @Test func `a notification that finishes at once does not block the next one`() {
        for name in ["1", "2", "3"] { self.run(name) }
        #expect(self.record.events == ["1", "2", "3"])
    }

    @Test func `a failure is reported before the next notification starts`() {
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
        queue.afterPending { record.events.append("all finished") }
        first.fail(TestFailure("first"))
        #expect(record.events == ["failed", "all finished"])
    }

    @Test func `the next notification runs if the failure is not recorded`() {
        let first = Deferred<Void>()
        self.run("1", first)
        self.run("2")
        first.fail(TestFailure("first"))
        #expect(self.record.events == ["1", "1 failed: first", "2"])
    }

    @Test func `a thrown error counts as a failure`() {
        let record = self.record
        self.queue.run {
            throw TestFailure("thrown")
        } onFailure: {
            record.events.append("\($0)")
        }
        self.run("2")
        #expect(record.events == ["thrown", "2"])
    }

    @Test func `no notification runs once a failure is recorded`() {
        let record = self.record
        self.queue.failure = TestFailure("recorded")
        self.run("1")
        self.queue.afterPending { record.events.append("all finished") }
        #expect(record.events == ["all finished"])
    }

    @Test func `the returned deferred fires even if the notification failed or was skipped`() {
        let first = Deferred<Void>()
        let queue = self.queue
        let record = self.record
        queue.run {
            first
        } onFailure: {
            queue.failure = $0
        }.whenFired { _ in record.events.append("1 finished") }
        queue.run {
            .succeeded(())
        } onFailure: { _ in
        }.whenFired { _ in record.events.append("2 finished") }
        #expect(record.events.isEmpty)
        first.fail(TestFailure("first"))
        #expect(record.events.sorted() == ["1 finished", "2 finished"])
    }

    @Test func `a notification that is queued inside another one runs after it`() {
        let deferred = Deferred<Void>()
        let record = self.record
        self.queue.run {
            record.events.append("1")
            self.run("inner")
            record.events.append("1 continues")
            return deferred
        } onFailure: { _ in
        }
        #expect(record.events == ["1", "1 continues"])
        deferred.succeed()
        #expect(record.events == ["1", "1 continues", "inner"])
    }

    // Launchpad's worker monitor recursed for each one, which failed at about 110 notifications.
    @Test func `a million queued notifications are skipped without growing the stack`() {
        let first = Deferred<Void>()
        let queue = self.queue
        var ran = 0
        var hasFinished = false
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
        queue.afterPending { hasFinished = true }
        first.fail(TestFailure("first"))
        #expect(ran == 0)
        #expect(hasFinished)
    }

    @Test func `a hundred thousand queued notifications run without growing the stack`() {
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
