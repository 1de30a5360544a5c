// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Logging
internal import Reactor
internal import WorkerMonitor

/// What a run says on standard error: one live line on a terminal, plain lines elsewhere.
final class ProgressDisplay {
    private let title: String
    private let isQuiet: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var loop: LoopingCall?
    private var lastStage: MonitorProgress.Stage?

    init(title: String, isQuiet: Bool) {
        self.title = title
        self.isQuiet = isQuiet
    }

    /// Messages of the monitor: warnings and worse, or what happens too where nothing else shows
    /// it.
    var logger: Logger {
        let isTerminal = self.isTerminal
        var logger = Logger(label: "worker-monitor") { _ in StandardErrorLog(clearsLine: isTerminal)
        }
        logger.logLevel = .warning
        return logger
    }

    /// Shows the job until ``stop()``.
    func start(_ monitor: CodeImportWorkerMonitor, jobID: Int64, reactor: any ReactorTime) {
        guard !self.isQuiet else { return }
        let loop = LoopingCall(clock: reactor) { [weak self, unowned monitor] in
            self?.show(monitor.progress, jobID)
        }
        self.loop = loop
        if !self.isTerminal { self.say("job \(jobID): \(self.title)") }
        loop.start(interval: self.isTerminal ? .milliseconds(200) : .seconds(30), now: false)
            .whenFired { _ in }
    }

    /// Clears the live line.
    func stop() {
        self.loop?.stop()
        self.loop = nil
        if self.isTerminal, !self.isQuiet { self.write("\r\u{1B}[K") }
    }

    /// Writes one line, without secrets of URLs.
    func say(_ line: String) {
        self.write((self.isTerminal ? "\r\u{1B}[K" : "") + URLMask.masked(line) + "\n")
    }

    private func show(_ progress: MonitorProgress, _ jobID: Int64) {
        let elapsed = JobRecordText.clock(progress.elapsed)
        let bytes = JobRecordText.bytes(progress.outputBytes)
        let head = "job \(jobID)  \(progress.stage.rawValue)  \(elapsed)  \(bytes)"
        guard self.isTerminal else { return self.say("\(head)  \(progress.lastLine)") }
        let line = progress.lastLine.isEmpty ? self.title : progress.lastLine
        self.write(
            "\r\u{1B}[K" + Self.fitted("\(head)  \(URLMask.masked(line))", columns: Self.columns)
        )
    }

    /// A wide character counts as two columns at most: better a short line than one that wraps.
    private static func fitted(_ text: String, columns: Int) -> String {
        var width = 0
        return String(
            text.prefix { character in
                width += character.isASCII ? 1 : 2
                return width < columns
            }.map { $0 == "\t" ? " " : $0 }
        )
    }

    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private func write(_ text: String) {
        StandardError.write(text, patience: self.loop == nil ? StandardError.patience : 0)
    }
}
