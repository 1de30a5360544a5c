// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The one timer of a ``TimeoutMixin``; whoever adopts that makes one and keeps it.
///
/// When it goes, and so with its owner, the timer is cancelled.
public final class TimeoutState {
    // Touched on the reactor's thread by the methods below, none of which calls out while it reads
    // or writes one. The run-time check would be half of the cost of a reset, which comes with each
    // piece of output.
    @exclusivity(unchecked) private var call: DelayedCall?
    /// Tells the time while a timer runs.
    @exclusivity(unchecked) @usableFromInline var queue: DelayedCallQueue?
    /// When the timer was started or last reset.
    @exclusivity(unchecked) @usableFromInline var lastReset: Int64 = 0
    private var nanoseconds: Int64 = 0

    /// How long nothing may happen, or nil for ever; it survives the firing.
    public private(set) var period: Duration?

    /// Makes a state without a timer.
    public init() {}

    deinit {
        self.call?.cancel()
    }

    /// A timer runs: it was set, and has neither fired nor been cancelled, by us or by others.
    public var isArmed: Bool { self.call?.isActive ?? false }

    /// Puts the deadline off to one period from now, if a timer runs.
    ///
    /// The delayed call stays where it is and looks at `lastReset` when it fires: a reset is a load
    /// and a store.
    @inlinable
    func reset() {
        if let queue = self.queue { self.lastReset = queue.now }
    }

    /// What is left of the period when the timer fires; nil: nothing.
    var remaining: Duration? {
        guard let queue = self.queue else { return nil }
        let due = self.lastReset.addingSaturated(self.nanoseconds)
        return due > queue.now ? .nanoseconds(due - queue.now) : nil
    }

    /// The timer has fired too soon and is started again.
    func restart(_ start: () -> DelayedCall) {
        self.call = start()
        self.queue = self.call?.owner
    }

    /// Changes the period, and makes a timer with `start` if there is to be one.
    func set(_ period: Duration?, _ start: (Duration) -> DelayedCall) -> Duration? {
        let previous = self.period
        self.period = period
        self.disarm()
        guard let period else { return previous }
        self.nanoseconds = max(0, period.nanoseconds)
        self.restart { start(period) }
        self.reset()
        return previous
    }

    /// Forgets the timer; what fires has to do so first.
    func disarm() {
        self.queue = nil
        guard let call = self.call else { return }
        self.call = nil
        call.cancel()
    }
}

@available(*, unavailable, message: "A timeout belongs to its reactor's thread.")
extension TimeoutState: Sendable {}
