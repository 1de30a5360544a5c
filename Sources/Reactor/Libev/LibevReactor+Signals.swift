// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension LibevReactor {
    /// Calls `body` on the loop whenever the process gets `signal`, instead of what happened
    /// before.
    ///
    /// Opt-in, and one reactor of a process at a time for each signal. What was there before is put
    /// back by ``stopHandlingSignal(_:)`` and by the end of the reactor. Several of the same signal
    /// at once may arrive as one (signal(7)). Handling a signal that is handled already replaces
    /// the body.
    ///
    /// - Throws: ``SignalError`` if the signal cannot be caught, or another reactor handles it
    ///   (EBUSY).
    public func handleSignal(_ signal: Signal, _ body: @escaping (Signal) -> Void) throws {
        do {
            let watch = try self.signals ?? SignalWatch(self.loop)
            self.signals = watch
            try watch.handle(signal, body)
        } catch let error as SystemError {
            throw SignalError(signal: signal, errno: error.errno)
        }
    }

    /// Puts back exactly what was there before ``handleSignal(_:_:)``; nothing if it was not
    /// handled.
    public func stopHandlingSignal(_ signal: Signal) {
        self.signals?.stopHandling(signal)
    }
}
