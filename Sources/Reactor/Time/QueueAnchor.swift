// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How a ``DelayedCall`` finds its queue, and finds out that it has gone, without counting
/// references.
///
/// A call that kept its queue by a reference would cost two atomic operations for each copy of it,
/// which together took longer than scheduling and cancelling do. An anchor is an object that never
/// goes, so an uncounted reference to it is always good. It serves one queue after the other: there
/// are as many as there were ever queues at once. Numbers of calls go on from one queue to the
/// next, and the first number of the queue that is there now tells whether a call is one of its
/// own.
final class QueueAnchor {
    /// By which calls know it: half of a pointer, so that a call takes 16 bytes.
    let index: UInt32
    /// The first number of the queue that is there; calls with a lower one have lost theirs.
    private let firstNumber = Atomic<UInt64>(1)
    // These two are touched by the thread of the queue only; no access of one lasts for longer than
    // a load or a store. The run-time check would be paid by each reset of a delayed call.
    /// Set by the queue itself, and cleared by it before it goes: it never dangles.
    @exclusivity(unchecked) unowned(unsafe) var queue: DelayedCallQueue?
    /// Where the next queue goes on counting.
    @exclusivity(unchecked) private(set) var nextNumber: UInt64 = 1

    private struct Indices {
        /// Of anchors that serve no queue.
        var free: [UInt32] = []
        /// How many there are, these and those in use.
        var count: UInt32 = 0
    }

    private static let indices = Mutex(Indices())
    private static let all = Table()

    private init(index: UInt32) {
        self.index = index
    }

    /// An anchor that serves no other queue; has to be given back.
    static func take() -> QueueAnchor {
        let index = self.indices.withLock { indices in
            if let index = indices.free.popLast() { return index }
            defer { indices.count += 1 }
            self.all.add(QueueAnchor(index: indices.count))
            return indices.count
        }
        return self.at(index).takeUnretainedValue()
    }

    /// The one that bears this index.
    @inline(__always)
    static func at(_ index: UInt32) -> Unmanaged<QueueAnchor> {
        self.all[index]
    }

    /// Takes the anchor back from a queue that goes, and whose calls would have gone on with
    /// `nextNumber`.
    func giveBack(nextNumber: UInt64) {
        self.firstNumber.store(nextNumber, ordering: .relaxed)
        self.nextNumber = nextNumber
        Self.indices.withLock { $0.free.append(self.index) }
    }

    /// Calls `body` with the queue of a call, or gives nil if that has gone.
    ///
    /// A call is confined to the thread of its queue. So either its queue is alive, and nobody else
    /// touches the anchor; or the queue was given up before, by this thread, and `firstNumber` has
    /// been beyond the call's number ever since: then nothing else of the anchor is read, which
    /// another thread's queue may have by now.
    ///
    /// `body` may let the queue go, as its last act.
    @inline(__always)
    func withQueue<Result>(
        of number: UInt64,
        _ body: (DelayedCallQueue) -> Result
    ) -> Result? {
        guard number >= self.firstNumber.load(ordering: .relaxed), let queue = self.queue else {
            return nil
        }
        return Unmanaged.passUnretained(queue)._withUnsafeGuaranteedRef(body)
    }
}
