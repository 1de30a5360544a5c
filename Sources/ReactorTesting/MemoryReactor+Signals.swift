// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

extension MemoryReactor: ReactorSignals {
    /// Calls `body` when the test delivers `signal`; see `ReactorSignals.handleSignal(_:_:)`.
    ///
    /// - Throws: `SignalError` with the error number of EINVAL for SIGKILL, SIGSTOP, and a number
    ///   that is not the number of a signal; `ReactorHasShutDown` after the end of the reactor.
    public func handleSignal(_ signal: Signal, _ body: @escaping (Signal) -> Void) throws {
        self.requireReactorsThread()
        if self.isShutDown { throw ReactorHasShutDown() }
        let numbers: ClosedRange<Int32> = 1...64
        guard numbers.contains(signal.rawValue), signal != .kill, signal != .stop else {
            let invalidArgument: Int32 = 22  // EINVAL, errno(3)
            throw SignalError(signal: signal, errno: invalidArgument)
        }
        self.signalHandlers[signal] = body
    }

    /// Stops the handling of `signal`; see `ReactorSignals.stopHandlingSignal(_:)`.
    public func stopHandlingSignal(_ signal: Signal) { self.signalHandlers[signal] = nil }

    /// Delivers a signal to the program under test, as if another process had sent it.
    ///
    /// The handler is called in the next turn, so advance the reactor before you check its effects:
    ///
    ///     reactor.deliverSignal(.terminate)
    ///     reactor.advance(by: .zero)
    ///
    /// Only the handlers of this reactor are concerned. The scripted children get no signal, as
    /// they have their own process groups.
    ///
    /// - Returns: Whether the signal has a handler. Without one, most signals would end a
    ///   real program.
    @discardableResult
    public func deliverSignal(_ signal: Signal) -> Bool {
        guard self.signalHandlers[signal] != nil else { return false }
        self.report { [weak self] in self?.signalHandlers[signal]?(signal) }
        return true
    }
}
