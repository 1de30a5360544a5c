// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Protocols
public import Reactor

/// What a monitor does when it is told to stop.
extension CodeImportWorkerMonitor {
    /// Stops the worker and hands the job back; the second time kills the worker and waits for
    /// nobody.
    ///
    /// A worker that has exited has its result: then the job is finished with that, not handed
    /// back.
    public func interrupt(_ signal: Signal) {
        guard self.interruption == nil else { return self.hurry() }
        let interruption = MonitorInterrupted(signal: signal)
        self.interruption = interruption
        self.logger.notice(
            "Interrupted.",
            metadata: ["signal": "\(signal)", "while": "\(self.stage)"]
        )
        switch self.stage {
        case .preparing: self.cancelCall?()
        case .running: self.stop(because: interruption)
        case .stopping, .finishing: break
        }
    }

    private func stop(because interruption: MonitorInterrupted) {
        guard let worker = self.worker, !worker.hasExited else { return }
        self.beginStopping()
        worker.unexpectedError(interruption)
    }

    private func hurry() {
        self.isInHaste = true
        self.worker?.killProcess()
        self.worker?.hurryHeartbeat()
        self.cancelCall?()
    }

    /// Makes a call to the scheduler one that an interruption may cancel; there is one at a time.
    ///
    /// The call must have a deadline: until it fires, it and the monitor keep each other.
    func cancellable<Value>(_ call: Deferred<Value>) -> Deferred<Value> {
        self.cancelCall = { call.cancel() }
        return call.addBoth { result in
            self.cancelCall = nil
            return try result.get()
        }
    }
}
