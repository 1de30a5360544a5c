// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to notice that nothing has happened for too long.
///
/// One timer: `setTimeout(_:)` starts it, `resetTimeout()` at each sign of life puts it off, and
/// when it fires `timeoutConnection()` is called, once. An adopter stores a ``TimeoutState`` and
/// says in ``timeoutConnection()`` what is to be done; in a class that is `open`, subclasses may
/// override that and ``callLater(_:_:)``.
///
/// Nothing stops the timer when the adopter's work is done: call ``cancelTimeout()`` there. (It
/// goes with the adopter, which it does not keep.)
public protocol TimeoutMixin: AnyObject {
    /// The timer; store it in a `let`.
    var timeoutState: TimeoutState { get }

    /// Where the timer comes from; the reactor of this thread unless the adopter says otherwise.
    func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall

    /// Nothing has happened for too long. The timer is off by then, and stays off until it is set
    /// again.
    func timeoutConnection()
}

extension TimeoutMixin {
    /// Schedules on the reactor of this thread.
    public func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        CurrentReactor.reactor.callLater(delay, body)
    }

    /// Starts the timer, or moves it, or stops it.
    ///
    /// - Parameter period: How long nothing may happen, from now; `nil` stops the timer. Zero fires
    ///   in the next turn, never inside of this call.
    /// - Returns: The period so far.
    @discardableResult
    public func setTimeout(_ period: Duration?) -> Duration? {
        self.timeoutState.set(period) { self.startTimer($0) }
    }

    /// Something has happened: the timer starts anew.
    ///
    /// Does nothing when no timer runs (never set, stopped, or fired), so that output which comes
    /// after a timeout does not start a second one. Cheap enough for each piece of output: it notes
    /// the time, and the timer looks at that when it fires.
    @inlinable
    public func resetTimeout() {
        self.timeoutState.reset()
    }

    /// Stops the timer, if it runs; as `setTimeout(nil)`.
    public func cancelTimeout() {
        self.setTimeout(nil)
    }

    private func startTimer(_ delay: Duration) -> DelayedCall {
        self.callLater(delay) { [weak self] in
            guard let self else { return }
            // Something has happened since it was started: it runs on for what is left.
            if let rest = self.timeoutState.remaining {
                return self.timeoutState.restart { self.startTimer(rest) }
            }
            self.timeoutState.disarm()
            self.timeoutConnection()
        }
    }
}
