// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import TestSupport

/// A model of a queue of delayed calls that is as simple as possible: a list that is searched for
/// each operation.
final class QueueModel {
    struct Entry {
        var number: Int
        var due: Int64
        var sequence: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var nextSequence = 0

    func schedule(_ number: Int, due: Int64) {
        self.entries.append(Entry(number: number, due: due, sequence: self.takeSequence()))
    }

    /// Removes a call and returns whether it was in the list.
    func cancel(_ number: Int) -> Bool {
        let count = self.entries.count
        self.entries.removeAll { $0.number == number }
        return self.entries.count < count
    }

    func move(_ number: Int, to due: (_ old: Int64) -> Int64) -> Bool {
        guard let index = self.entries.firstIndex(where: { $0.number == number }) else {
            return false
        }
        self.entries[index].due = due(self.entries[index].due)
        self.entries[index].sequence = self.takeSequence()
        return true
    }

    /// Returns the call that must run next in a turn that began when `limit` was the next sequence.
    func next(at now: Int64, limit: Int) -> Int? {
        self.entries.filter { $0.due <= now && $0.sequence < limit }
            .min { ($0.due, $0.sequence) < ($1.due, $1.sequence) }?.number
    }

    var earliest: Int64? { self.entries.map(\.due).min() }

    private func takeSequence() -> Int {
        defer { self.nextSequence += 1 }
        return self.nextSequence
    }
}

/// Performs the same random operations on a queue and on its model.
///
/// Some of the operations are performed by calls of the queue while they run.
final class QueueExercise {
    let queue = DelayedCallQueue()
    let model = QueueModel()
    /// Descriptions of all differences between the queue and the model.
    private(set) var disagreements: [String] = []
    private(set) var ran = 0

    private var random: SeededGenerator
    private var calls: [DelayedCall] = []
    private var limit = 0

    init(seed: UInt64) { self.random = SeededGenerator(seed: seed) }

    /// Performs one random operation; `inCall` tells whether a call of the queue performs it.
    func step(inCall: Bool = false) {
        switch Int.random(in: 0..<100, using: &self.random) {
        case 0..<35: self.schedule()
        case 35..<50: self.cancel()
        case 50..<70: self.move(by: "reset")
        case 70..<85: self.move(by: "delay")
        default: if !inCall { self.turn() }
        }
    }

    /// Advances the time until no call is left.
    func finish() {
        while let earliest = self.queue.earliest {
            self.queue.now = max(self.queue.now, earliest)
            self.turn(after: 0)
        }
        self.check(self.model.entries.isEmpty, "\(self.model.entries.count) calls never ran")
    }

    func compare() {
        // The queue may return the deadline of a call that was cancelled or moved to a later time,
        // so its result can be too early, but never too late.
        switch (self.queue.earliest, self.model.earliest) {
        case (nil, nil): break
        case (let queued?, let due?): self.check(queued <= due, "the earliest deadline is too late")
        default: self.check(false, "one of the two has no earliest deadline")
        }
        let expected = self.model.entries.map { self.calls[$0.number] }
        self.check(Set(self.queue.pending) == Set(expected), "the pending calls differ")
        let deadlines = self.model.entries.map { Duration.nanoseconds($0.due) }
        self.check(expected.map(\.deadline) == deadlines, "the deadlines differ")
    }

    private func schedule() {
        let number = self.calls.count
        let delay = self.randomDelay()
        let call = self.queue.schedule(after: delay) { [unowned self] in self.runs(number) }
        self.calls.append(call)
        self.model.schedule(number, due: self.queue.now + max(0, delay))
    }

    private func cancel() {
        guard let (number, call) = self.randomCall() else { return }
        self.check(
            call.cancel() == self.model.cancel(number),
            "the results of cancelling call \(number) differ"
        )
    }

    private func move(by method: String) {
        guard let (number, call) = self.randomCall() else { return }
        let amount = self.randomDelay()
        let now = self.queue.now
        let isReset = method == "reset"
        let moved =
            isReset ? call.reset(.nanoseconds(amount)) : call.delay(by: .nanoseconds(amount))
        let expected = self.model.move(number) { old in
            isReset ? now + max(0, amount) : max(now, old + amount)
        }
        self.check(moved == expected, "the results of \(method) for call \(number) differ")
    }

    private func turn(after wait: Int64? = nil) {
        self.queue.now += wait ?? Int64.random(in: 0..<30, using: &self.random)
        self.limit = self.model.nextSequence
        self.queue.runDue()
        let left = self.model.next(at: self.queue.now, limit: self.limit)
        self.check(left == nil, "call \(left ?? -1) was due and did not run")
    }

    private func runs(_ number: Int) {
        self.ran += 1
        let expected = self.model.next(at: self.queue.now, limit: self.limit)
        self.check(expected == number, "call \(number) ran, but call \(expected ?? -1) was next")
        self.check(
            self.model.cancel(number),
            "call \(number) ran, but had run or was cancelled before"
        )
        for _ in 0..<Int.random(in: 0..<3, using: &self.random) { self.step(inCall: true) }
    }

    /// Returns one of a few values, so that equal deadlines are common; some are negative.
    private func randomDelay() -> Int64 { Int64.random(in: -5..<40, using: &self.random) }

    /// Returns one of the last calls, which are often still pending.
    private func randomCall() -> (Int, DelayedCall)? {
        guard !self.calls.isEmpty else { return nil }
        let number = Int.random(
            in: max(0, self.calls.count - 60)..<self.calls.count,
            using: &self.random
        )
        return (number, self.calls[number])
    }

    private func check(_ agrees: Bool, _ what: String) {
        if !agrees { self.disagreements.append(what) }
    }
}
