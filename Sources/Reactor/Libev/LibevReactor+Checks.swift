// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// The checks for mistakes of the caller, and the answers of a reactor that has shut down.
extension LibevReactor {
    /// Stops the program if another thread than that of the current turn calls this method.
    ///
    /// Outside of a turn any thread may use the reactor, one at a time, because the thread that
    /// runs it need not be the one that made it.
    @inline(__always)
    func requireReactorsThread() {
        require(
            !self.state.isInTurn || self.state.thread == cspawn_thread(),
            "A reactor was used on another thread than its own; use its handle there."
        )
    }

    /// Stops the program if the reactor has shut down.
    ///
    /// A second call of `run()` after a complete run has a message of its own.
    func requireNotShutDown(_ call: String) {
        require(
            !self.state.isShutDown || self.lifecycle.isFinished && call == "run()",
            "\(call) was called after shutDown(); make a new reactor."
        )
    }

    /// Returns a call that never runs, for a reactor that has shut down.
    func inactiveCall() -> DelayedCall {
        let call = self.queue.schedule(after: 0) {}
        call.cancel()
        return call
    }
}

extension LibevReactor: ReactorThreads {
    /// Runs `work` on a worker thread of the reactor; see ``ReactorThreads/deferToThread(_:)``.
    public func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value> {
        self.requireReactorsThread()
        return self.pendingResults.deferToThread(work)
    }
}
