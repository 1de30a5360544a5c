// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Calls a function again and again, at a fixed interval.
///
/// The calls lie on a grid that is anchored at `start`: what a call takes, or how late the loop
/// wakes, shifts no later call. Times that have been missed are dropped, never made up for in a
/// burst. No call begins before the one before has ended, not even across `stop` and `start`.
///
/// While it runs, its reactor keeps it, and it keeps what its body captured: `stop` it, or make the
/// capture weak.
public final class LoopingCall {
    /// One time from `start` to `stop`.
    ///
    /// An object of its own, so that what is left over from a loop that was stopped cannot be taken
    /// for a part of the next one.
    private final class Run {
        /// In nanoseconds of the clock: where the grid begins.
        var anchor: Int64
        let interval: Int64
        /// When the last call was made, for the count.
        var lastCall: Int64
        let ended: Deferred<Void>
        var timer: DelayedCall?
        /// Its body runs, or the deferred of its body is waited for.
        var isCalling = false
        /// Its first call waits for a body of an earlier run to end.
        var startsWhenFree = false

        init(anchor: Int64, interval: Int64, lastCall: Int64, ended: Deferred<Void>) {
            self.anchor = anchor
            self.interval = interval
            self.lastCall = lastCall
            self.ended = ended
        }
    }

    private let clock: any ReactorTime
    /// Gets the count; returns what has to be waited for, if anything.
    private let body: (Int) throws -> Deferred<Void>?
    private let isCounting: Bool
    private var run: Run?
    /// A body runs or is waited for, of this run or of one that was stopped meanwhile.
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

    /// Makes a loop over a body that ends when it returns.
    ///
    /// - Parameters:
    ///   - clock: What tells the time; the reactor of this thread when left out.
    ///   - body: What is called. What it throws ends the loop.
    public convenience init(clock: (any ReactorTime)? = nil, _ body: @escaping () throws -> Void) {
        self.init(clock, isCounting: false) { _ in
            try body()
            return nil
        }
    }

    /// Makes a loop over a body that ends when the deferred that it returns fires; a failure ends
    /// the loop.
    ///
    /// Meanwhile no call is made, and the times that go by are dropped.
    public static func awaiting(
        clock: (any ReactorTime)? = nil,
        _ body: @escaping () throws -> Deferred<Void>
    ) -> LoopingCall {
        LoopingCall(clock, isCounting: false) { _ in try body() }
    }

    /// Makes a loop over a body that is told how many intervals have gone by since it was last
    /// called.
    ///
    /// One if none was missed; never zero.
    public static func withCount(
        clock: (any ReactorTime)? = nil,
        _ body: @escaping (Int) throws -> Void
    ) -> LoopingCall {
        LoopingCall(clock, isCounting: true) { count in
            try body(count)
            return nil
        }
    }

    /// Makes a loop over a body that is told the count, as in `withCount`, and waited for, as in
    /// `awaiting`.
    public static func withCountAwaiting(
        clock: (any ReactorTime)? = nil,
        _ body: @escaping (Int) throws -> Deferred<Void>
    ) -> LoopingCall {
        LoopingCall(clock, isCounting: true) { try body($0) }
    }

    /// It was started, and neither stopped nor ended by a failure.
    public var isRunning: Bool { self.run != nil }

    /// Starts the loop.
    ///
    /// - Parameters:
    ///   - interval: From call to call, not negative. Zero means once a turn.
    ///   - now: Whether the first call is made inside of this one; else it comes after one
    ///     interval. When the
    ///     body of an earlier run has not ended, it comes in the turn after that.
    /// - Returns: A deferred that fires when the loop has been stopped and its body has ended, and
    ///   fails when the body fails. Cancelling it stops the loop.
    /// - Precondition: it does not run.
    @discardableResult
    public func start(interval: Duration, now: Bool = true) -> Deferred<Void> {
        require(self.run == nil, "this looping call runs already")
        require(interval >= .zero, "an interval cannot be negative")
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

    /// Stops the loop; does nothing when it does not run.
    ///
    /// The deferred that `start` returned fires inside of this call, or when the body has ended, if
    /// that runs or is waited for now.
    public func stop() {
        guard let run = self.run else { return }
        self.drop(run)
        if !run.isCalling { run.ended.succeed() }
    }

    /// Begins the grid anew: the next call comes one interval from now.
    ///
    /// Does nothing when it does not run, nor while the body runs or is waited for.
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
            if let run = weakRun, self?.run === run { self?.drop(run) }
        }
        let anchor = self.clock.now.nanoseconds
        let run = Run(
            anchor: anchor,
            interval: interval,
            // The first call of a loop that starts at once stands for the interval before.
            lastCall: isImmediate ? anchor - interval : anchor,
            ended: ended
        )
        weakRun = run
        return run
    }

    /// The run is over for us; its body may still be going on.
    private func drop(_ run: Run) {
        self.run = nil
        run.timer?.cancel()
        run.timer = nil
    }

    /// Sets the timer for the next point of the grid that lies in the future.
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
        // A body of an earlier run has not ended: this time is missed.
        guard !self.isBusy else { return self.schedule(run) }
        let count = self.isCounting ? self.takeCount(run) : 1
        guard count > 0 else { return self.schedule(run) }
        self.isBusy = true
        run.isCalling = true
        do {
            guard let pending = try self.body(count) else {
                return self.bodyEnded(run, .success(()))
            }
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
            // In a turn of its own, or a body that stops and starts its own loop would never come
            // back.
            next.startsWhenFree = false
            self.setTimer(next, 0)
        }
        if self.run === run {
            self.schedule(run)
        } else if run.ended.isPending {
            run.ended.resolve(with: result)
        } else if case .failure(let error) = result {
            UnhandledFailure.noteConsumed(error)  // Cancelled while the body went on.
        }
    }

    /// How many points of the grid lie between the last call and now.
    private func takeCount(_ run: Run) -> Int {
        let now = self.clock.now.nanoseconds
        guard run.interval > 0 else { return 1 }
        let count = (now - run.anchor) / run.interval - (run.lastCall - run.anchor) / run.interval
        run.lastCall = now
        return Int(count)
    }
}
