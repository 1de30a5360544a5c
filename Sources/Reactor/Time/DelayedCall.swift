// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A call that a reactor makes at a later time, as returned by ``ReactorTime/callLater(_:_:)``.
///
/// The value identifies the call, and each copy can cancel or move it. The reactor makes the call
/// whether or not a copy is kept.
///
/// A delayed call is not Sendable, because it belongs to its reactor's thread. A call that outlives
/// its reactor is inactive, and its methods do nothing.
public struct DelayedCall: Hashable {
    private let key: CallRecords.Key
    /// The object through which the call finds its queue.
    ///
    /// The reference is not counted, because an anchor is never freed.
    private let anchor: Unmanaged<QueueAnchor>

    init(_ anchor: QueueAnchor, _ key: CallRecords.Key) {
        self.anchor = .passUnretained(anchor)
        self.key = key
    }

    /// Whether the call has yet to run.
    ///
    /// False as soon as the call begins to run, was cancelled, or its reactor was shut down.
    public var isActive: Bool {
        self.withQueue { $0.isPending(self.key) } ?? false
    }

    /// The deadline on the reactor's clock, or `nil` if the call is no longer active.
    public var deadline: Duration? {
        self.due.map { .nanoseconds($0) }
    }

    /// Cancels the call and releases everything that its closure captured.
    ///
    /// - Returns: `false` if the call is no longer active: it has run, is running, or was
    ///   cancelled before.
    @discardableResult
    public func cancel() -> Bool {
        self.withQueue { $0.cancel(self.key) } ?? false
    }

    /// Moves the deadline to `delay` from now.
    ///
    /// Moving the deadline to a later time only stores the new deadline. Moving it to an earlier
    /// time adds an entry to the queue.
    ///
    /// - Returns: `false` if the call is no longer active.
    @discardableResult
    public func reset(_ delay: Duration) -> Bool {
        self.reset(nanoseconds: delay.nanoseconds)
    }

    /// Moves the deadline by `interval`, which may be negative.
    ///
    /// If the new deadline lies in the past, the call is due now.
    ///
    /// - Returns: `false` if the call is no longer active.
    @discardableResult
    public func delay(by interval: Duration) -> Bool {
        guard let due = self.due?.addingSaturated(interval.nanoseconds) else { return false }
        return self.withQueue { $0.move(self.key, to: due) } ?? false
    }

    /// Moves the deadline as ``reset(_:)`` does, for callers that keep the delay in nanoseconds.
    @discardableResult
    package func reset(nanoseconds delay: Int64) -> Bool {
        self.withQueue { queue in
            queue.move(self.key, to: queue.now.addingSaturated(max(0, delay)))
        } ?? false
    }

    /// The queue of the call, or `nil` if the call is no longer active.
    var queue: DelayedCallQueue? {
        self.withQueue { $0.isPending(self.key) ? $0 : nil } ?? nil
    }

    private var due: Int64? {
        self.withQueue { $0.due(self.key) } ?? nil
    }

    /// Returns whether two values identify the same call.
    public static func == (one: Self, other: Self) -> Bool {
        one.anchor.toOpaque() == other.anchor.toOpaque() && one.key == other.key
    }

    /// Hashes the number of the call, which is unique among the calls of its reactor.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.key)
    }

    @inline(__always)
    private func withQueue<Result>(_ body: (DelayedCallQueue) -> Result) -> Result? {
        // No anchor is ever freed, so the reference is valid for the whole call.
        self.anchor._withUnsafeGuaranteedRef { $0.withQueue(of: self.key.number, body) }
    }
}

@available(*, unavailable, message: "A delayed call belongs to its reactor's thread.")
extension DelayedCall: Sendable {}
