// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Protocols
public import Reactor

/// The error of a job whose monitor received a signal to stop.
public struct MonitorInterrupted: Error, Sendable, Hashable, CustomStringConvertible {
    /// The signal that the monitor received.
    public var signal: Signal

    init(signal: Signal) {
        self.signal = signal
    }

    /// A sentence that contains the signal.
    public var description: String { "The monitor was interrupted by \(self.signal)." }
}

extension CodeImportWorkerMonitor {
    /// Stops the worker and hands the job back to the scheduler.
    ///
    /// The method returns at once; the deferred of ``run()`` fires with the outcome. If the worker
    /// has already exited, the job has a result, so it is finished and not handed back.
    ///
    /// A second call expedites the end: it kills the worker, cancels the current call to the
    /// scheduler, and limits the final call to one attempt of at most one second.
    ///
    /// - Parameter signal: The signal for messages and for the report's failure.
    public func interrupt(_ signal: Signal) {
        guard self.interruption == nil else { return self.expedite() }
        let interruption = MonitorInterrupted(signal: signal)
        self.interruption = interruption
        self.logger.notice(
            "The monitor stops because of a signal.",
            metadata: ["signal": "\(signal)", "stage": "\(self.stage)"]
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

    private func expedite() {
        self.isExpedited = true
        self.worker?.killProcess()
        self.worker?.cancelHeartbeat()
        self.cancelCall?()
    }

    /// Makes a call to the scheduler that `interrupt(_:)` can cancel.
    ///
    /// Only one call is in progress at a time. The call must have a time limit, because the call
    /// and the monitor keep each other alive until the call has fired.
    func cancellable<Value>(_ call: Deferred<Value>) -> Deferred<Value> {
        self.cancelCall = { call.cancel() }
        return call.addBoth { result in
            self.cancelCall = nil
            return try result.get()
        }
    }
}
