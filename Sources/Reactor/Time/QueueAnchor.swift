// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The object through which a ``DelayedCall`` finds its queue, or finds that the queue is gone.
///
/// If a call held a counted reference, each copy of it would cost two atomic operations, which
/// together take longer than scheduling and cancelling the call. Anchors are never freed, so a call
/// can refer to one without counting. An anchor serves one queue after another, so there are never
/// more anchors than there were queues at one time.
///
/// The queues of an anchor number their calls consecutively. A call with a number below the first
/// one of the present queue belongs to a queue that is gone.
///
/// `@unchecked Sendable`: one thread hands an anchor to another only through `anchors`, under its
/// lock. In between, only the thread that took the anchor uses it. A call that has outlived its
/// queue can be on another thread than the queue that has the anchor now, but such a call reads
/// nothing but `firstNumber`, which is atomic.
final class QueueAnchor: @unchecked Sendable {
    /// The number of the first call of the present queue.
    private let firstNumber = Atomic<UInt64>(1)
    // `unowned(unsafe)` is sound because the queue sets this reference, and clears it in its
    // deinit, so the reference never dangles.
    unowned(unsafe) var queue: DelayedCallQueue?
    /// The number with which the next queue begins.
    private(set) var nextNumber: UInt64 = 1

    private struct Anchors {
        /// All anchors, so that none is ever freed.
        var all: [QueueAnchor] = []
        /// The anchors that serve no queue.
        var free: [QueueAnchor] = []
    }

    private static let anchors = Mutex(Anchors())

    private init() {}

    /// Returns an anchor that serves no other queue, and that the queue must give back.
    static func take() -> QueueAnchor {
        self.anchors.withLock { anchors in
            if let anchor = anchors.free.popLast() { return anchor }
            let anchor = QueueAnchor()
            anchors.all.append(anchor)
            return anchor
        }
    }

    /// Takes the anchor back from a queue in its deinit.
    ///
    /// - Parameter nextNumber: The number after the last one that the queue has used.
    func giveBack(nextNumber: UInt64) {
        self.firstNumber.store(nextNumber, ordering: .relaxed)
        self.nextNumber = nextNumber
        Self.anchors.withLock { $0.free.append(self) }
    }

    /// Returns the result of `body` for the queue of a call, or `nil` if the queue is gone.
    ///
    /// A delayed call is not Sendable, so it is on the thread of its queue. If the queue is alive,
    /// no other thread accesses the anchor. If the queue is gone, its deinit ran on this thread and
    /// raised `firstNumber` above the number of the call, so no other property is read.
    ///
    /// `body` may release the queue, but must not use it after the release.
    @inline(__always)
    func withQueue<Result>(
        of number: UInt64,
        _ body: (DelayedCallQueue) -> Result
    ) -> Result? {
        guard number >= self.firstNumber.load(ordering: .relaxed), let queue = self.queue else {
            return nil
        }
        // No retain is needed. The queue is alive when `body` starts, and only this thread can
        // release it. A `body` that releases the queue does not use it after the release.
        return Unmanaged.passUnretained(queue)._withUnsafeGuaranteedRef(body)
    }
}
