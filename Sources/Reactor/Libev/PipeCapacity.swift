// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// The capacity of one pipe from a child, which grows if the pipe is repeatedly full.
///
/// If a pipe is full at each read, the two sides never work at the same time: the writer fills the
/// pipe and waits, and then the reader empties the pipe and waits.
struct PipeCapacity {
    /// The number of consecutive reads that must find the pipe full before the pipe is enlarged.
    private static let fullReadsToEnlarge: UInt8 = 8

    private var fullReads: UInt8 = 0
    /// The last enlargement of the pipe, which may have been reversed, or `nil` if there was none.
    private var enlarged: EnlargedPipe?

    /// Records that one read took `count` bytes from `pipe`, and enlarges the pipe after several
    /// full reads in a row.
    mutating func hasRead(
        _ count: Int,
        from pipe: Int32,
        _ queue: DelayedCallQueue,
        _ budget: PipeBudget = .ofProcess
    ) {
        if let enlarged = self.enlarged, enlarged.isLarge { return enlarged.resetTimeout() }
        guard count == EnlargedPipe.initialCapacity else { return self.fullReads = 0 }
        self.fullReads += 1
        guard self.fullReads == Self.fullReadsToEnlarge else { return }
        self.fullReads = 0
        self.enlarged = EnlargedPipe(pipe, queue, budget)
    }

    /// Returns the pipe's share of the budget; call this method before closing the pipe.
    mutating func pipeCloses() {
        self.enlarged = nil
    }
}

/// A pipe from a child with more than the initial capacity.
///
/// The pipe shrinks again when nothing has been read from it for a second, so that a quiet pipe
/// makes room in the ``PipeBudget`` for a busy pipe. A program has few enlarged pipes, so each of
/// them can have a timer. Postponing the timer costs a load and a store for each read.
final class EnlargedPipe: TimeoutMixin {
    /// The enlarged capacity: 256 KiB.
    ///
    /// With 1 MiB, children that make small writes were slower, and each pipe would use four times
    /// as much of the user's limit.
    static let capacity: Int32 = 256 * 1024
    /// The capacity of a new pipe.
    static let initialCapacity: Int32 = 64 * 1024

    private static let quietTime = Duration.seconds(1)

    let timeoutState = TimeoutState()
    /// Whether the pipe still has the enlarged capacity.
    private(set) var isLarge = true
    // The owner of the pipe destroys this object before it closes the pipe.
    private let pipe: Int32
    private let queue: DelayedCallQueue
    private let budget: PipeBudget

    /// Enlarges `pipe`, or returns `nil` if the budget or the kernel does not allow it.
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
        // Shrinking fails with EBUSY if the pipe contains more than the initial capacity. This
        // happens if the reactor does not read from the pipe at the moment. Try again later.
        guard self.budget.shrink(self.pipe, to: Self.initialCapacity) else {
            self.setTimeout(Self.quietTime)
            return
        }
        self.isLarge = false
        self.budget.giveBack()
    }
}

/// The number of pipes that this process may enlarge; all of its reactors share one budget.
///
/// The kernel limits the pages in all pipes of a *user*. If a user exceeds the soft limit (64 MiB
/// by default), each further pipe of each of the user's programs gets only 8 KiB, and enlarging a
/// pipe fails with EPERM (pipe(7), `pipe-user-pages-soft`). The budget is 64 pipes of 256 KiB, a
/// quarter of that limit.
final class PipeBudget: Sendable {
    /// Sets the capacity of a pipe in bytes and returns 0 or a positive error number.
    typealias Resize = @Sendable (_ pipe: Int32, _ capacity: Int32) -> Int32

    private struct State {
        /// The number of pipes that may still be enlarged.
        var left: Int
        /// Whether the kernel has refused to enlarge a pipe with EPERM.
        ///
        /// After that the budget makes no further attempts, because they would fail too.
        var isRefused = false
    }

    /// The budget that all reactors of the process share.
    static let ofProcess = PipeBudget()

    private let state: Mutex<State>
    private let resize: Resize

    init(pipes: Int = 64, resize: @escaping Resize = Syscalls.setPipeCapacity) {
        self.state = Mutex(State(left: pipes))
        self.resize = resize
    }

    /// Enlarges a pipe and returns whether the kernel and the budget allowed it.
    ///
    /// If the result is `true`, the caller must call ``giveBack()`` once.
    func enlarge(_ pipe: Int32, to capacity: Int32) -> Bool {
        guard self.take() else { return false }
        let code = self.resize(pipe, capacity)
        if code == 0 { return true }
        self.state.withLock { state in
            state.left += 1
            if code == EPERM { state.isRefused = true }
        }
        return false
    }

    /// Shrinks a pipe, or returns `false` if it contains more than the new capacity.
    func shrink(_ pipe: Int32, to capacity: Int32) -> Bool {
        self.resize(pipe, capacity) == 0
    }

    /// Returns one pipe to the budget, because it has been shrunk or is about to be closed.
    func giveBack() {
        self.state.withLock { $0.left += 1 }
    }

    private func take() -> Bool {
        self.state.withLock { state in
            guard state.left > 0, !state.isRefused else { return false }
            state.left -= 1
            return true
        }
    }
}
