// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// The queue of delayed calls: its order, compared with a model, its memory and its limits.
@Suite(.timeLimit(.minutes(5))) struct `Queue of delayed calls` {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `the queue agrees with a simple model in random sequences of operations`(seed: UInt64) {
        let exercise = QueueExercise(seed: seed)
        for step in 0..<6_000 where exercise.disagreements.isEmpty {
            exercise.step()
            if step.isMultiple(of: 50) { exercise.compare() }
        }
        exercise.finish()
        #expect(exercise.disagreements == [])
        #expect(exercise.ran > 1_000)
    }

    // Twisted: base.runUntilCurrent, which removes cancelled calls when they are half of all.
    @Test func `cancelled calls are removed when they are more than three quarters of the queue`() {
        let queue = DelayedCallQueue()
        var kept = 0
        for number in 0..<1_000 {
            let call = queue.schedule(after: Int64(number)) {}
            if number.isMultiple(of: 10) { kept += 1 } else { call.cancel() }
        }
        #expect(queue.entryCount <= kept * 4 + 65)
        #expect(queue.pending.count == kept)
    }

    @Test func `a cancel releases at once the objects that the call captured`() {
        let queue = DelayedCallQueue()
        weak var seen: Rescheduler?
        let call: DelayedCall
        do {
            let captured = Rescheduler {}
            seen = captured
            call = queue.schedule(after: 1) { _ = captured }
        }
        #expect(seen != nil)
        call.cancel()
        #expect(seen == nil)
    }

    @Test func `an ended call is not mistaken for the next call with the same index`() {
        let queue = DelayedCallQueue()
        var ran: [Int] = []
        var calls: [DelayedCall] = []
        for number in 0..<1_000 {
            calls.last?.cancel()
            calls.append(queue.schedule(after: 5) { ran.append(number) })
        }
        #expect(calls.dropLast().allSatisfy { !$0.isActive && !$0.cancel() && !$0.reset(.zero) })
        #expect(calls.filter { $0 == calls[999] }.count == 1)
        queue.now = 5
        #expect(queue.runDue() == 1)
        #expect(ran == [999])
    }

    @Test
    func `an ended call is not mistaken for a new call after the queue has given its memory back`()
    {
        let queue = DelayedCallQueue()
        // So many calls that the queue gives their memory back when all of them have run.
        let old = (0..<5_000).map { _ in queue.schedule(after: 1) {} }
        queue.now = 1
        #expect(queue.runDue() == 5_000)
        let new = queue.schedule(after: 1) {}
        #expect(old.allSatisfy { !$0.isActive && $0.deadline == nil && !$0.cancel() && $0 != new })
        #expect(new.isActive)
    }

    @Test func `the removal of stale entries keeps moved calls and their order`() {
        let queue = DelayedCallQueue()
        var ran: [Int] = []
        let calls = (0..<500).map { number in queue.schedule(after: 10_000) { ran.append(number) } }
        for (number, call) in calls.enumerated() { call.reset(.nanoseconds(20_000 - number)) }
        for call in calls[100...] { call.cancel() }
        queue.now = 20_000
        queue.runDue()
        #expect(ran == (0..<100).reversed())
    }

    @Test func `a call that is moved back and forth does not accumulate entries`() {
        let queue = DelayedCallQueue()
        let others = (0..<10).map { _ in queue.schedule(after: 1_000_000) {} }
        let call = queue.schedule(after: 500) {}
        for _ in 0..<100_000 {
            call.reset(.nanoseconds(100))
            call.reset(.nanoseconds(900))
        }
        #expect(queue.pending.count == others.count + 1)
        #expect(queue.earliest.map { $0 <= 900 } == true)
        queue.now = 900
        #expect(queue.runDue() == 1)
    }

    @Test func `a deadline beyond the range of the clock never comes`() {
        let queue = DelayedCallQueue(now: 1_000)
        let never = queue.schedule(after: .max) {}
        #expect(queue.earliest == .max)
        #expect(never.deadline == .nanoseconds(Int64.max))
        queue.now = .max - 1
        #expect(queue.runDue() == 0)
        #expect(never.isActive)
    }

    @Test func `a delay beyond the range of the clock does not overflow`() {
        let queue = DelayedCallQueue(now: 5)
        let call = queue.schedule(after: 10) {}
        call.delay(by: .seconds(Int64.max))
        #expect(call.deadline == .nanoseconds(Int64.max))
        call.delay(by: .seconds(Int64.min))
        call.delay(by: .seconds(Int64.min))
        #expect(call.deadline == .nanoseconds(5))
    }

    @Test func `a call can cancel all others that are due and run the queue`() {
        let queue = DelayedCallQueue()
        var others: [DelayedCall] = []
        var ran = 0
        queue.schedule(after: 1) {
            ran += 1
            for call in others { call.cancel() }
            queue.runDue()
        }.keep()
        // So many calls that the queue gives their memory back when none is left.
        others = (0..<300_000).map { _ in queue.schedule(after: 1) { ran += 1 } }
        queue.now = 1
        #expect(queue.runDue() == 1)
        #expect(ran == 1)
        #expect(queue.earliest == nil)
    }

    @Test
    func `a call made for now waits for the next turn even if the clock is advanced meanwhile`() {
        let queue = DelayedCallQueue()
        var ran: [String] = []
        queue.schedule(after: 1) {
            queue.schedule(after: 0) { ran.append("made in the turn") }.keep()
            queue.now = 1_000_000
        }.keep()
        queue.schedule(after: 1_000_005) { ran.append("later") }.keep()
        queue.now = 1
        queue.runDue()
        #expect(ran.isEmpty)
        #expect(queue.earliest.map { $0 <= 1_000_000 } == true)
        queue.runDue()
        #expect(ran == ["made in the turn"])
        queue.now = 1_000_005
        queue.runDue()
        #expect(ran == ["made in the turn", "later"])
    }

    @Test func `an object that is released when the queue is emptied can make further calls`() {
        let queue = DelayedCallQueue()
        var last: DelayedCall?
        do {
            let rescheduler = Rescheduler { last = queue.schedule(after: 1) {} }
            queue.schedule(after: 1) { _ = rescheduler }.keep()
        }
        queue.removeAll()
        #expect(queue.earliest == nil)
        #expect(last?.isActive == false)
    }

    @Test func `an object that is released by a cancel can make and cancel further calls`() {
        let queue = DelayedCallQueue()
        var ran: [String] = []
        let other = queue.schedule(after: 2) { ran.append("other") }
        let call: DelayedCall
        do {
            let rescheduler = Rescheduler {
                other.cancel()
                queue.schedule(after: 1) { ran.append("new") }.keep()
                _ = queue.earliest
            }
            call = queue.schedule(after: 1) { _ = rescheduler }
        }
        call.cancel()
        queue.now = 10
        queue.runDue()
        #expect(ran == ["new"])
    }
}

/// An object that runs a closure in its deinit.
private final class Rescheduler {
    private let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }

    deinit { self.body() }
}

extension DelayedCall {
    /// Does nothing; it makes clear that a test does not need the result of `schedule`.
    fileprivate func keep() {}
}
