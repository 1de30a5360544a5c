// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A child's pipe that holds more than it was born with, until nothing has come through it for a
/// second.
///
/// There are few of these in a process (``PipeBudget``), so one that is quiet makes room for
/// another: that is worth a timer each, which a read puts off by a load and a store.
final class EnlargedPipe: TimeoutMixin {
    /// 256 KiB; with 1 MiB a writer of small pieces was slower, and four times as much of the
    /// user's budget was gone.
    static let capacity: Int32 = 256 * 1024
    /// What a pipe is born with.
    static let bornCapacity: Int32 = 64 * 1024

    private static let quietTime = Duration.seconds(1)

    let timeoutState = TimeoutState()
    /// Whether it is large still.
    private(set) var isLarge = true
    // Whoever has the pipe lets go of this before it closes it.
    private let pipe: Int32
    private let queue: DelayedCallQueue
    private let budget: PipeBudget

    /// Enlarges `pipe`; nil if that may not be.
    init?(_ pipe: Int32, _ queue: DelayedCallQueue, _ budget: PipeBudget) {
        guard budget.enlarge(pipe, to: Self.capacity) else { return nil }
        self.pipe = pipe
        self.queue = queue
        self.budget = budget
        self.setTimeout(Self.quietTime)
    }

    deinit {
        if self.isLarge { self.budget.giveBack() }
    }

    func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.queue.schedule(after: delay.nanoseconds, body)
    }

    func timeoutConnection() {
        // EBUSY: more is in it than fits into a small one; nobody reads at the moment.
        guard self.budget.shrink(self.pipe, to: Self.bornCapacity) else {
            self.setTimeout(Self.quietTime)
            return
        }
        self.isLarge = false
        self.budget.giveBack()
    }
}
