// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import TestSupport

/// What a queue of delayed calls should do, said as plainly as it can be: a list that is searched
/// each time.
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

    /// Whether the call was still there.
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

    /// The call that has to run next in a turn that began when `limit` was the next sequence.
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

/// Does the same random things to a queue and to its model, from outside of calls and from inside.
final class QueueExercise {
    let queue = DelayedCallQueue()
    let model = QueueModel()
    /// What did not agree.
    private(set) var disagreements: [String] = []
    private(set) var ran = 0

    private var random: SeededGenerator
    private var calls: [DelayedCall] = []
    private var limit = 0

    init(seed: UInt64) { self.random = SeededGenerator(seed: seed) }

    /// One random operation; `depth` says whether it is done from inside a call.
    func step(inCall: Bool = false) {
        switch Int.random(in: 0..<100, using: &self.random) {
        case 0..<35: self.schedule()
        case 35..<50: self.cancel()
        case 50..<70: self.move(by: "reset")
        case 70..<85: self.move(by: "delay")
        default: if !inCall { self.turn() }
        }
    }

    /// Lets all time pass that is left.
    func finish() {
        while let earliest = self.queue.earliest {
            self.queue.now = max(self.queue.now, earliest)
            self.turn(after: 0)
        }
        self.check(self.model.entries.isEmpty, "\(self.model.entries.count) calls never ran")
    }

    func compare() {
        // A call that was cancelled or moved later may still be looked for: never too late,
        // sometimes too soon.
        switch (self.queue.earliest, self.model.earliest) {
        case (nil, nil): break
        case (let queued?, let due?): self.check(queued <= due, "the earliest deadline")
        default: self.check(false, "whether there is an earliest deadline")
        }
        let expected = self.model.entries.map { self.calls[$0.number] }
        self.check(Set(self.queue.pending) == Set(expected), "the calls that are pending")
        let deadlines = self.model.entries.map { Duration.nanoseconds($0.due) }
        self.check(expected.map(\.deadline) == deadlines, "the deadlines")
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
        self.check(call.cancel() == self.model.cancel(number), "cancelling \(number)")
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
        self.check(moved == expected, "\(method) of \(number)")
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
        self.check(expected == number, "\(number) ran where \(expected ?? -1) was next")
        self.check(self.model.cancel(number), "\(number) ran, but was gone")
        for _ in 0..<Int.random(in: 0..<3, using: &self.random) { self.step(inCall: true) }
    }

    /// Few different values, so that ties are common; now and then a negative one.
    private func randomDelay() -> Int64 { Int64.random(in: -5..<40, using: &self.random) }

    /// One of the last calls, so that it is often still pending.
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
