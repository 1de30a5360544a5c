// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Calls a function repeatedly at a fixed interval.
///
/// The calls are due at the points of a grid: the start of the loop plus multiples of the interval.
/// A body that takes long, or a reactor that is late, does not shift later calls. Points of the
/// grid that were missed are skipped, and never made up for in a burst. A call does not begin
/// before the previous one has ended, not even across ``stop()`` and ``start(interval:now:)``.
///
/// While the loop runs, its reactor keeps the loop alive, and the loop keeps everything alive that
/// its body captured. Stop the loop, or let the body capture weakly.
public final class LoopingCall {
    /// The time from one `start` to the next `stop`.
    ///
    /// This is an object, so that a timer or a body that is left over from an earlier run is not
    /// taken for a part of the present run.
    private final class Run {
        /// The origin of the grid, in nanoseconds of the clock.
        var anchor: Int64
        let interval: Int64
        /// The time of the last call, from which the count is computed.
        var lastCall: Int64
        let ended: Deferred<Void>
        var timer: DelayedCall?
        /// Whether the body runs, or its deferred is pending.
        var isCalling = false
        /// The deferred of the body; a strong reference would make a cycle.
        weak var pendingBody: Chain?
        /// Whether the first call waits until the body of an earlier run has ended.
        var startsWhenFree = false

        init(anchor: Int64, interval: Int64, lastCall: Int64, ended: Deferred<Void>) {
            self.anchor = anchor
            self.interval = interval
            self.lastCall = lastCall
            self.ended = ended
        }
    }

    private let clock: any ReactorTime
    /// Takes the count, and returns a deferred if the body has not ended when it returns.
    private let body: (Int) throws -> Deferred<Void>?
    private let isCounting: Bool
    private var run: Run?
    /// Whether a body runs or its deferred is pending, in this run or in one that was stopped.
    private var isBusy = false

    private init(
        _ clock: (any ReactorTime)?,
        isCounting: Bool,
        _ body: @escaping (Int) throws -> Deferred<Void>?
    ) {
        self.clock = clock ?? CurrentReactor.reactor
        self.isCounting = isCounting
        self.body = body
    }

    /// Creates a loop whose body ends when it returns.
    ///
    /// - Parameters:
    ///   - clock: The clock that times the calls, or `nil` for the reactor of the current thread.
    ///   - body: The function to call. An error that it throws ends the loop.
    public convenience init(clock: (any ReactorTime)? = nil, _ body: @escaping () throws -> Void) {
        self.init(clock, isCounting: false) { _ in
            try body()
            return nil
        }
    }

    /// Creates a loop whose body ends when the deferred that it returns fires.
    ///
    /// While the deferred is pending, no call is made, and the points of the grid that pass are
    /// skipped. A failure of the deferred ends the loop.
    public static func awaiting(
        clock: (any ReactorTime)? = nil,
        _ body: @escaping () throws -> Deferred<Void>
    ) -> LoopingCall {
        LoopingCall(clock, isCounting: false) { _ in try body() }
    }

    /// Creates a loop whose body gets the number of intervals since its previous call.
    ///
    /// The number is 1 if no call was missed, and never 0.
    public static func withCount(
        clock: (any ReactorTime)? = nil,
        _ body: @escaping (Int) throws -> Void
    ) -> LoopingCall {
        LoopingCall(clock, isCounting: true) { count in
            try body(count)
            return nil
        }
    }

    /// Creates a loop whose body gets the count, as with `withCount`, and ends when its deferred
    /// fires, as with `awaiting`.
    public static func withCountAwaiting(
        clock: (any ReactorTime)? = nil,
        _ body: @escaping (Int) throws -> Deferred<Void>
    ) -> LoopingCall {
        LoopingCall(clock, isCounting: true) { try body($0) }
    }

    /// Whether the loop was started, and has neither been stopped nor ended with a failure.
    public var isRunning: Bool { self.run != nil }

    /// Starts the loop.
    ///
    /// - Parameters:
    ///   - interval: The time from one call to the next, not negative. With zero there is one call
    ///     in each turn of the reactor.
    ///   - now: Whether the first call is made before this method returns; otherwise it is made
    ///     after one interval. If the body of an earlier run has not ended yet, the first call is
    ///     made in the turn after its end.
    /// - Returns: A deferred that fires when the loop was stopped and its body has ended, and fails
    ///   if the body fails. Cancelling the deferred stops the loop, and cancels the deferred of a
    ///   body that has not ended.
    /// - Precondition: The loop is not running.
    @discardableResult
    public func start(interval: Duration, now: Bool = true) -> Deferred<Void> {
        require(self.run == nil, "A looping call was started that already runs; stop it first.")
        require(interval >= .zero, "A looping call cannot have a negative interval: \(interval).")
        let run = self.makeRun(interval.nanoseconds, isImmediate: now)
        self.run = run
        if !now {
            self.schedule(run)
        } else if self.isBusy {
            run.startsWhenFree = true
        } else {
            self.call(run)
        }
        return run.ended
    }

    /// Stops the loop, or does nothing if the loop is not running.
    ///
    /// The deferred that `start` returned fires before this method returns, or when the body ends
    /// if the body is running or its deferred is pending.
    public func stop() {
        guard let run = self.run else { return }
        self.end(run)
        if !run.isCalling { run.ended.succeed() }
    }

    /// Moves the origin of the grid to now, so the next call comes after one interval.
    ///
    /// Does nothing if the loop is not running, if its body is running, or if the deferred of its
    /// body is pending.
    public func reset() {
        guard let run = self.run, let timer = run.timer else { return }
        timer.cancel()
        run.anchor = self.clock.now.nanoseconds
        run.lastCall = run.anchor
        self.schedule(run)
    }
}

@available(*, unavailable, message: "A looping call belongs to its reactor's thread.")
extension LoopingCall: Sendable {}

extension LoopingCall {
    private func makeRun(_ interval: Int64, isImmediate: Bool) -> Run {
        weak var weakRun: Run?
        let ended = Deferred<Void> { [weak self] _ in
            guard let run = weakRun else { return }
            if self?.run === run { self?.end(run) }
            run.pendingBody?.cancel()
        }
        let anchor = self.clock.now.nanoseconds
        let run = Run(
            anchor: anchor,
            interval: interval,
            // An immediate first call counts the interval before the start, so its count is 1.
            lastCall: isImmediate ? anchor - interval : anchor,
            ended: ended
        )
        weakRun = run
        return run
    }

    /// Ends a run; its body can still be running, or its deferred can be pending.
    private func end(_ run: Run) {
        self.run = nil
        run.timer?.cancel()
        run.timer = nil
    }

    /// Sets the timer to the next point of the grid after now.
    private func schedule(_ run: Run) {
        let elapsed = self.clock.now.nanoseconds - run.anchor
        let delay = run.interval == 0 ? 0 : run.interval - elapsed % run.interval
        self.setTimer(run, delay)
    }

    private func setTimer(_ run: Run, _ delay: Int64) {
        run.timer = self.clock.callLater(.nanoseconds(delay)) {
            run.timer = nil
            self.call(run)
        }
    }

    private func call(_ run: Run) {
        // If the body of an earlier run has not ended, this call is skipped.
        guard !self.isBusy else { return self.schedule(run) }
        let count = self.isCounting ? self.takeCount(run) : 1
        guard count > 0 else { return self.schedule(run) }
        self.isBusy = true
        run.isCalling = true
        do {
            guard let pending = try self.body(count) else {
                return self.bodyEnded(run, .success(()))
            }
            run.pendingBody = pending.chain
            pending.whenFired { self.bodyEnded(run, $0) }
        } catch {
            self.bodyEnded(run, .failure(error))
        }
    }

    private func bodyEnded(_ run: Run, _ result: Result<Void, any Error>) {
        self.isBusy = false
        run.isCalling = false
        if case .failure = result, self.run === run { self.run = nil }
        if let next = self.run, next.startsWhenFree {
            // The first call is made in a separate turn. Otherwise a body that stops and restarts
            // its own loop would call itself without end.
            next.startsWhenFree = false
            self.setTimer(next, 0)
        }
        if self.run === run {
            self.schedule(run)
        } else if run.ended.isPending {
            run.ended.resolve(with: result)
        } else if case .failure(let error) = result {
            // The deferred was cancelled while the body ran, so no callback receives the error.
            UnhandledFailure.noteConsumed(error)
        }
    }

    /// Returns the number of points of the grid from the last call to now, and records
    /// the time of this call.
    private func takeCount(_ run: Run) -> Int {
        let now = self.clock.now.nanoseconds
        guard run.interval > 0 else { return 1 }
        let count = (now - run.anchor) / run.interval - (run.lastCall - run.anchor) / run.interval
        run.lastCall = now
        return Int(count)
    }
}
