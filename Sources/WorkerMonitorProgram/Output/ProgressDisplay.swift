// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import Foundation
internal import Logging
internal import ProgramSupport
internal import Reactor
internal import WorkerMonitor

/// The output of a run on standard error: one live line on a terminal, plain lines elsewhere.
///
/// A background job shows no live line, because the terminal then belongs to the shell or to
/// another job. The line appears again when the job is in the foreground.
final class ProgressDisplay {
    /// Returns to the first column and erases the line (ECMA-48, EL).
    static let eraseLine = "\r\u{1B}[K"

    private let title: String
    private let isQuiet: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var loop: LoopingCall?

    init(title: String, isQuiet: Bool) {
        self.title = title
        self.isQuiet = isQuiet
    }

    /// A logger for the monitor that writes warnings and errors to standard error.
    var logger: Logger {
        let isTerminal = self.isTerminal
        var logger = Logger(label: "worker-monitor") { _ in
            StandardErrorLog(erasesLine: isTerminal)
        }
        logger.logLevel = .warning
        return logger
    }

    /// Shows the progress of a job until ``stop()``: five times a second on a terminal, every 30
    /// seconds elsewhere.
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

    /// Erases the live line.
    func stop() {
        self.loop?.stop()
        self.loop = nil
        if self.isTerminal, !self.isQuiet, Self.isInForeground { self.write(Self.eraseLine) }
    }

    /// Writes one line, with the secrets of URLs masked and unreadable characters escaped.
    func say(_ line: String) {
        let text = ReadableText.escaped(URLMask.masked(line))
        self.write((self.isTerminal && Self.isInForeground ? Self.eraseLine : "") + text + "\n")
    }

    private func show(_ progress: MonitorProgress, _ jobID: Int64) {
        let elapsed = ReadableText.clock(progress.elapsed)
        let bytes = ReadableText.bytes(progress.outputBytes)
        let head = "job \(jobID)  \(progress.stage.rawValue)  \(elapsed)  \(bytes)"
        guard self.isTerminal else { return self.say("\(head)  \(progress.lastLine)") }
        guard Self.isInForeground else { return }
        let line = progress.lastLine.isEmpty ? self.title : progress.lastLine
        let text = "\(head)  \(URLMask.masked(line))"
        self.write(Self.eraseLine + Self.fitted(text, columns: Self.columns))
    }

    /// Returns the part of a text that fits into one line.
    ///
    /// A character outside of ASCII counts as two columns, the most that any takes. The line may
    /// become shorter than necessary, but it never wraps.
    static func fitted(_ text: String, columns: Int) -> String {
        var width = 0
        return String(
            text.prefix { character in
                width += character.isASCII ? 1 : 2
                return width < columns
            }.map { $0 == "\t" ? " " : $0 }
        )
    }

    /// Whether the process group of this program is in the foreground of the terminal, or the
    /// terminal has no foreground group because it is not the controlling terminal.
    static var isInForeground: Bool {
        let group = tcgetpgrp(STDERR_FILENO)
        return group == -1 || group == getpgrp()
    }

    /// The width of the terminal, or 80 if it is unknown.
    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private func write(_ text: String) {
        StandardError.write(text, waitLimit: self.loop == nil ? StandardError.finalWaitLimit : 0)
    }
}

/// Writes log messages as lines on standard error, above the live line.
struct StandardErrorLog: LogHandler {
    /// Whether a live line may have to be erased first.
    let erasesLine: Bool
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = self.metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { " \($0.key): \(ReadableText.sentence("\($0.value)"))" }
            .joined()
        let line = "worker-monitor: \(event.level): \(event.message)\(details)"
        let text = ReadableText.escaped(URLMask.masked(line)) + "\n"
        let erasesNow = self.erasesLine && ProgressDisplay.isInForeground
        StandardError.write((erasesNow ? ProgressDisplay.eraseLine : "") + text)
    }
}

#endif
