// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// An object that notices when nothing has happened for too long.
///
/// `setTimeout(_:)` starts the timer, and `resetTimeout()` restarts its period each time something
/// happens. If the period passes without a reset, `timeoutConnection()` is called once.
///
/// An adopter stores a ``TimeoutState`` and implements ``timeoutConnection()``. In an `open` class,
/// subclasses can override that method and ``callLater(_:_:)``.
///
/// Call ``cancelTimeout()`` when the work is done, because nothing else stops the timer. The timer
/// does not keep its owner alive, and is cancelled when its owner is deallocated.
public protocol TimeoutMixin: AnyObject {
    /// The state of the timer; store it in a `let`.
    var timeoutState: TimeoutState { get }

    /// Schedules the timer; by default on the reactor of the current thread.
    func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall

    /// Called when nothing has happened for the whole period.
    ///
    /// The timer is off at this point and stays off until it is set again.
    func timeoutConnection()
}

extension TimeoutMixin {
    /// Schedules a call on the reactor of the current thread.
    public func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        CurrentReactor.reactor.callLater(delay, body)
    }

    /// Starts the timer, restarts it with another period, or stops it.
    ///
    /// - Parameter period: The time without activity after which the timer fires, counted from now,
    ///   or `nil` to stop the timer. With a period of zero the timer fires in the next turn, never
    ///   inside of this call.
    /// - Returns: The previous period.
    @discardableResult
    public func setTimeout(_ period: Duration?) -> Duration? {
        self.timeoutState.set(period) { self.startTimer($0) }
    }

    /// Restarts the period, because something has happened.
    ///
    /// Does nothing if no timer runs, so that output which arrives after a timeout does not start
    /// another one. The method is cheap enough to be called for each piece of output: it only
    /// stores the time, which the timer checks when it fires.
    @inlinable
    public func resetTimeout() {
        self.timeoutState.reset()
    }

    /// Stops the timer if it runs, as `setTimeout(nil)` does.
    public func cancelTimeout() {
        self.setTimeout(nil)
    }

    private func startTimer(_ delay: Duration) -> DelayedCall {
        self.callLater(delay) { [weak self] in
            guard let self else { return }
            // If the timer was reset since it started, it starts again for the rest of the period.
            if let rest = self.timeoutState.remaining {
                return self.timeoutState.restart { self.startTimer(rest) }
            }
            self.timeoutState.disarm()
            self.timeoutConnection()
        }
    }
}

/// The timer of a ``TimeoutMixin``, which its adopter creates and stores.
///
/// The timer is cancelled when the state is deallocated.
public final class TimeoutState {
    /// The data of the timer.
    @usableFromInline
    struct Timer {
        var call: DelayedCall?
        /// The queue of the call, whose `now` is the current time, or `nil` if no timer runs.
        @usableFromInline var queue: DelayedCallQueue?
        /// The time at which the timer was started or last reset, in nanoseconds of the clock
        /// of `queue`.
        @usableFromInline var lastReset: Int64 = 0
        /// The period in nanoseconds.
        var period: Int64 = 0
    }

    // `@exclusivity(unchecked)` is sound because the timer is confined to the reactor's thread,
    // each access reads or writes one field, and no code runs during an access. The check at run
    // time would be half of the cost of a reset, and each piece of output causes a reset.
    @exclusivity(unchecked) @usableFromInline var timer = Timer()

    /// The period, or `nil` if none is set; it does not change when the timer fires.
    public private(set) var period: Duration?

    /// Creates the state of a timer that does not run.
    public init() {}

    deinit {
        self.timer.call?.cancel()
    }

    /// Whether the timer runs: it was set, and has neither fired nor been cancelled.
    public var isArmed: Bool { self.timer.call?.isActive ?? false }

    /// Restarts the period, if the timer runs.
    ///
    /// The delayed call stays where it is and compares the time with `lastReset` when it runs, so a
    /// reset is one load and one store.
    @inlinable
    func reset() {
        if let queue = self.timer.queue { self.timer.lastReset = queue.now }
    }

    /// The time from now to the end of the period, or `nil` if the period has passed since the
    /// last reset.
    var remaining: Duration? {
        guard let queue = self.timer.queue else { return nil }
        let due = self.timer.lastReset.addingSaturated(self.timer.period)
        return due > queue.now ? .nanoseconds(due - queue.now) : nil
    }

    /// Replaces the delayed call of the timer, which has run, by the call that `start` returns.
    func restart(_ start: () -> DelayedCall) {
        let call = start()
        self.timer.call = call
        self.timer.queue = call.queue
    }

    /// Changes the period, and starts the timer with `start` unless the period is `nil`.
    ///
    /// - Returns: The previous period.
    func set(_ period: Duration?, _ start: (Duration) -> DelayedCall) -> Duration? {
        let previous = self.period
        self.period = period
        self.disarm()
        guard let period else { return previous }
        self.timer.period = max(0, period.nanoseconds)
        self.restart { start(period) }
        self.reset()
        return previous
    }

    /// Stops the timer.
    func disarm() {
        self.timer.queue = nil
        guard let call = self.timer.call else { return }
        self.timer.call = nil
        call.cancel()
    }
}

@available(*, unavailable, message: "A timeout belongs to its reactor's thread.")
extension TimeoutState: Sendable {}
