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
    @exclusivity(unchecked) private var nanoseconds: Int64 = 0

    /// How long nothing may happen, or nil for ever; it survives the firing.
    public private(set) var period: Duration?

    /// Makes a state without a timer.
    public init() {}

    deinit {
        self.call?.cancel()
    }

    /// A timer runs: it was set, and has neither fired nor been cancelled, by us or by others.
    public var isArmed: Bool { self.call?.isActive ?? false }

    /// Moves the deadline to one period from now, if a timer runs.
    @usableFromInline
    func reset() {
        self.call?.reset(nanoseconds: self.nanoseconds)
    }

    /// Changes the period, and makes a timer with `callLater` if there has to be one and none runs.
    func set(_ period: Duration?, _ callLater: (Duration) -> DelayedCall) -> Duration? {
        let previous = self.period
        self.period = period
        guard let period else {
            self.disarm()
            return previous
        }
        self.nanoseconds = max(0, period.nanoseconds)
        if self.isArmed {
            self.reset()
        } else {
            self.call = callLater(period)
        }
        return previous
    }

    /// Forgets the timer; what fires has to do so first.
    func disarm() {
        guard let call = self.call else { return }
        self.call = nil
        call.cancel()
    }
}

@available(*, unavailable, message: "A timeout belongs to its reactor's thread.")
extension TimeoutState: Sendable {}
