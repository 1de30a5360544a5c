// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One call that a reactor will make at a certain time; made by ``ReactorTime/callLater(_:_:)``.
///
/// Not Sendable: it belongs to its reactor's thread. A call that outlives its reactor is inactive.
public final class DelayedCall {
    /// Where the call is in its life.
    private enum State {
        /// Will run.
        case pending
        /// Ran, or runs now.
        case called
        /// Will never run.
        case cancelled
    }

    // The queue is the only other reader and writer of these, on the same thread and never inside
    // an access of ours: no two accesses overlap. The check would cost 8 ns each on the path of
    // every timer.
    @exclusivity(unchecked) private var state = State.pending
    @exclusivity(unchecked) private var body: (() -> Void)?

    /// When it is due, in nanoseconds of the queue's clock.
    @exclusivity(unchecked) var due: Int64
    /// Its place among calls of the same deadline; a moved call goes behind those already there.
    @exclusivity(unchecked) var sequence: UInt64
    /// When the one entry comes up that stands for this call; entries with another time are stale.
    @exclusivity(unchecked) var entryDue: Int64
    /// Cleared when the call ends: it fires, is cancelled, or its queue goes.
    ///
    /// So it never dangles.
    @exclusivity(unchecked) private var queue: Unmanaged<DelayedCallQueue>?

    init(due: Int64, sequence: UInt64, queue: DelayedCallQueue, body: @escaping () -> Void) {
        self.due = due
        self.sequence = sequence
        self.entryDue = due
        self.queue = .passUnretained(queue)
        self.body = body
    }

    /// Whether it is still to run: neither called, nor cancelled, nor dropped with its reactor.
    public var isActive: Bool { self.state == .pending }

    /// When it is, or was, to run, on its reactor's clock.
    public var deadline: Duration { .nanoseconds(self.due) }

    /// Takes the call back and lets go of what it captured.
    ///
    /// - Returns: false if it was too late: it ran, runs now, or was cancelled before.
    @discardableResult
    public func cancel() -> Bool {
        guard self.state == .pending else { return false }
        self.state = .cancelled
        self.body = nil
        self.queue?._withUnsafeGuaranteedRef { $0.noteCancelled() }
        // The queue may forget this call before its holder does, and then go: no pointer may be
        // left.
        self.queue = nil
        return true
    }

    /// Moves the deadline to `delay` from now.
    ///
    /// Later costs next to nothing; earlier costs another entry in the queue.
    ///
    /// - Returns: false if it was too late.
    @discardableResult
    public func reset(_ delay: Duration) -> Bool {
        self.reset(nanoseconds: max(0, delay.nanoseconds))
    }

    /// Moves the deadline by `interval`, which may be negative; one that would lie in the past is
    /// now.
    ///
    /// - Returns: false if it was too late.
    @discardableResult
    public func delay(by interval: Duration) -> Bool {
        let due = self.due.addingSaturated(interval.nanoseconds)
        return self.move { _ in due }
    }

    /// `reset` for callers that keep their period in nanoseconds.
    @discardableResult
    package func reset(nanoseconds delay: Int64) -> Bool {
        self.move { now in now.addingSaturated(delay) }
    }

    @inline(__always)
    private func move(to due: (_ now: Int64) -> Int64) -> Bool {
        guard self.state == .pending, let queue = self.queue else { return false }
        // Without a retain: the queue clears the pointer before it goes.
        queue._withUnsafeGuaranteedRef { queue in
            // Before now it would go ahead of calls that are due already, and keep them from
            // running in this turn.
            queue.move(self, to: max(due(queue.now), queue.now))
        }
        return true
    }

    /// The queue that it waits in; nil once it has ended.
    var owner: DelayedCallQueue? { self.queue?.takeUnretainedValue() }

    /// Runs the call; the state changes first, so that a cancel from inside comes too late.
    func fire() {
        guard self.state == .pending, let body = self.body else { return }
        self.state = .called
        self.body = nil
        self.queue = nil
        body()
    }

    /// The queue has gone: the call can never run.
    func drop() {
        self.queue = nil
        guard self.state == .pending else { return }
        self.state = .cancelled
        self.body = nil
    }
}

@available(*, unavailable, message: "A delayed call belongs to its reactor's thread.")
extension DelayedCall: Sendable {}
