// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One call that a reactor will make at a certain time; made by ``ReactorTime/callLater(_:_:)``.
///
/// A value that stands for the call; whoever has a copy can take the call back or move it. Nobody
/// need keep one: the reactor makes the call anyway.
///
/// Not Sendable: it belongs to its reactor's thread. A call that outlives its reactor is inactive.
public struct DelayedCall: Hashable {
    private let key: CallRecords.Key
    // An index and no reference: it is not counted, and fits into what is left of 16 bytes. After
    // the key, whose last four it fills.
    private let anchor: UInt32

    init(_ anchor: QueueAnchor, _ key: CallRecords.Key) {
        self.anchor = anchor.index
        self.key = key
    }

    /// Whether it is still to run: neither called, nor cancelled, nor dropped with its reactor.
    ///
    /// A call that runs now is not.
    public var isActive: Bool {
        self.withQueue { $0.isPending(self.key) } ?? false
    }

    /// When it is to run, on its reactor's clock; nil once it has run or can run no more.
    public var deadline: Duration? {
        self.due.map { .nanoseconds($0) }
    }

    /// Takes the call back and lets go of what it captured.
    ///
    /// - Returns: false if it was too late: it ran, runs now, or was cancelled before.
    @discardableResult
    public func cancel() -> Bool {
        self.withQueue { $0.cancel(self.key) } ?? false
    }

    /// Moves the deadline to `delay` from now.
    ///
    /// Later costs next to nothing; earlier costs another entry in the queue.
    ///
    /// - Returns: false if it was too late.
    @discardableResult
    public func reset(_ delay: Duration) -> Bool {
        self.reset(nanoseconds: delay.nanoseconds)
    }

    /// Moves the deadline by `interval`, which may be negative; one that would lie in the past is
    /// now.
    ///
    /// - Returns: false if it was too late.
    @discardableResult
    public func delay(by interval: Duration) -> Bool {
        guard let due = self.due?.addingSaturated(interval.nanoseconds) else { return false }
        return self.withQueue { $0.move(self.key, to: due) } ?? false
    }

    /// `reset` for callers that keep their period in nanoseconds.
    @discardableResult
    package func reset(nanoseconds delay: Int64) -> Bool {
        self.withQueue { queue in
            queue.move(self.key, to: queue.now.addingSaturated(max(0, delay)))
        } ?? false
    }

    /// The queue that it waits in; nil once it has ended.
    var owner: DelayedCallQueue? {
        self.withQueue { $0.isPending(self.key) ? $0 : nil } ?? nil
    }

    private var due: Int64? {
        self.withQueue { $0.due(self.key) } ?? nil
    }

    /// Whether both stand for the same call.
    public static func == (one: Self, other: Self) -> Bool {
        one.anchor == other.anchor && one.key == other.key
    }

    /// Hashes what tells the call from the others of its reactor.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.key)
    }

    @inline(__always)
    private func withQueue<Result>(_ body: (DelayedCallQueue) -> Result) -> Result? {
        QueueAnchor.at(self.anchor)._withUnsafeGuaranteedRef {
            $0.withQueue(of: self.key.number, body)
        }
    }
}

@available(*, unavailable, message: "A delayed call belongs to its reactor's thread.")
extension DelayedCall: Sendable {}
