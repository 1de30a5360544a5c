// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Protocols
internal import Reactor

/// The state of a job at one moment, for a progress display.
public struct MonitorProgress: Sendable, Hashable {
    /// The stage that a job has reached.
    public enum Stage: String, Sendable, Hashable {
        /// The worker has not been started. The monitor first needs the job's data from
        /// the scheduler.
        case preparing
        /// The worker is running.
        case running
        /// The worker is being ended.
        case stopping
        /// The worker has ended, and the result is being delivered to the scheduler.
        case finishing
    }

    /// The stage that the job has reached.
    public var stage: Stage
    /// How long the worker has been running, or how long it ran.
    public var elapsed: Duration
    /// How many bytes of output the worker has written.
    public var outputBytes: Int64
    /// The last line of output, or an empty text if there is none.
    public var lastLine: String
}

extension CodeImportWorkerMonitor {
    /// Stops reading the output of the worker, which blocks once its pipe or terminal is full.
    ///
    /// Until ``resumeOutput()`` is called, the worker is not expected to write, so the inactivity
    /// timeout is suspended. All other limits remain, and the heartbeats continue.
    public func pauseOutput() {
        self.worker?.pauseOutput()
    }

    /// Continues reading the output of the worker.
    public func resumeOutput() {
        self.worker?.resumeOutput()
    }

    /// The state of the job now.
    ///
    /// Once the worker has ended, the progress no longer changes.
    public var progress: MonitorProgress {
        if let final = self.finalProgress { return final }
        let isStopping = self.stage == .running && self.worker?.isTerminating == true
        let lines = self.worker?.tailText.split(separator: "\n") ?? []
        return MonitorProgress(
            stage: isStopping ? .stopping : self.stage,
            elapsed: self.worker?.startTime.map { self.reactor.now - $0 } ?? .zero,
            outputBytes: self.log?.outputBytes ?? 0,
            lastLine: lines.last.map(String.init) ?? ""
        )
    }
}
