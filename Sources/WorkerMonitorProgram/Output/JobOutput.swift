// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import ArgumentParser
internal import Dispatch
internal import Glibc
internal import ProgramSupport
internal import Reactor
internal import WorkerMonitor

/// Where the output of a job goes besides its log; the value of the option `--output`.
enum OutputMode: String, ExpressibleByArgument, CaseIterable {
    /// Nowhere else.
    case log
    /// To standard output, while the job runs.
    case live
    /// To standard output, after the job has failed.
    case failed
}

/// The way of a job's output to its log and to standard output.
///
/// If standard output is a terminal, the output passes through a `TerminalFilter`. Otherwise no
/// byte is changed.
final class JobOutput {
    /// The numbers of queued bytes at which reading from the worker is paused and resumed.
    private static let (highWater, lowWater) = (1 << 20, 256 << 10)

    /// Whether standard output is a terminal on which the job's output appears while it runs, so
    /// that a progress line would be in its way.
    let occupiesTerminal: Bool
    private let mode: OutputMode
    private let hasTimestamps: Bool
    private var filter: TerminalFilter?
    private let pump: OutputPump?
    private weak var monitor: CodeImportWorkerMonitor?
    private weak var reactor: LibevReactor?
    private var resumption: DelayedCall?

    init(_ options: MonitorOptions) {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        self.mode = options.output
        self.hasTimestamps = options.timestamps
        self.occupiesTerminal = isTerminal && options.output == .live
        self.filter = isTerminal ? TerminalFilter() : nil
        self.pump = options.output == .live ? OutputPump(descriptor: STDOUT_FILENO) : nil
    }

    /// Returns a log that also does with the output what the options ask for.
    func log(_ log: any JobLogSink) -> any JobLogSink {
        let inner: any JobLogSink = self.hasTimestamps ? TimestampedLog(log) : log
        return self.mode == .live ? LiveLog(inner) { [self] in self.pass($0) } : inner
    }

    /// Connects the output with the monitor, which can pause the worker.
    func attach(_ monitor: CodeImportWorkerMonitor, _ reactor: LibevReactor) {
        self.monitor = monitor
        self.reactor = reactor
    }

    private func pass(_ output: RawSpan) {
        guard let pump = self.pump else { return }
        pump.write(self.readable(output))
        if self.resumption == nil, pump.pending > Self.highWater {
            self.monitor?.pauseOutput()
            self.resumeLater()
        }
    }

    private func readable(_ output: RawSpan) -> [UInt8] {
        if let safe = self.filter?.filter(output) { return safe }
        return output.withUnsafeBytes { [UInt8]($0) }
    }

    /// Resumes reading from the worker as soon as standard output has accepted most of the queue.
    private func resumeLater() {
        self.resumption = self.reactor?.callLater(.milliseconds(20)) { [weak self] in
            guard let self, let pump = self.pump else { return }
            guard pump.pending < Self.lowWater else { return self.resumeLater() }
            self.resumption = nil
            self.monitor?.resumeOutput()
        }
    }

    /// Prints the rest of the output, after the job has ended.
    ///
    /// - Returns: The reason if a part of the output could not be printed, and whether nobody wants
    ///   to read it any more.
    func finish(_ outcome: MonitorOutcome) -> (reason: String, isUnread: Bool)? {
        self.resumption?.cancel()
        switch self.mode {
        case .log: return nil
        case .live: return self.finishLive(outcome)
        case .failed:
            guard !outcome.report.status.isSuccess else { return nil }
            return Self.problem(self.printLog(outcome))
        }
    }

    private func finishLive(_ outcome: MonitorOutcome) -> (reason: String, isUnread: Bool)? {
        if self.filter?.hasStyle == true { self.pump?.write(TerminalFilter.resetStyle) }
        // After a signal to stop, the program must not wait for a reader that has stopped.
        let isInterrupted = outcome.report.cause == .interrupted
        guard
            let result = self.pump?.finish(
                waiting: isInterrupted ? .now() + .seconds(1) : .distantFuture
            )
        else { return nil }
        if let problem = Self.problem(result.failure) { return problem }
        guard result.lost > 0 else { return nil }
        return ("\(ReadableText.bytes(Int64(result.lost))) of it were not accepted in time", false)
    }

    /// Copies the output in the log to standard output, without the monitor's message at its end.
    ///
    /// - Returns: 0 or an error number.
    private func printLog(_ outcome: MonitorOutcome) -> Int32 {
        guard let path = outcome.report.logPath else { return 0 }
        // O_NONBLOCK keeps the call from waiting for the writer of a FIFO that has taken the path.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return errno }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return EINVAL }
        var left = Int(outcome.logOutputBytes)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while left > 0 {
            let count = read(file, &buffer, min(left, buffer.count))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : 0 }
            left -= count
            let bytes = self.readable(buffer.span.extracting(first: count).bytes)
            let code = bytes.withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
            if code != 0 { return code }
        }
        guard self.filter?.hasStyle == true else { return 0 }
        return TerminalFilter.resetStyle.withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
    }

    private static func problem(_ code: Int32) -> (reason: String, isUnread: Bool)? {
        code == 0 ? nil : (errorText(code), code == EPIPE)
    }
}

/// A log that also passes the output on.
private final class LiveLog: JobLogSink {
    private let log: any JobLogSink
    private let pass: (RawSpan) -> Void

    init(_ log: any JobLogSink, pass: @escaping (RawSpan) -> Void) {
        self.log = log
        self.pass = pass
    }

    var path: String? { self.log.path }
    var outputBytes: Int64 { self.log.outputBytes }
    var logBytes: Int64 { self.log.logBytes }

    func append(_ output: RawSpan) throws(JobLogError) {
        self.pass(output)
        try self.log.append(output)
    }

    func note(_ text: String) throws(JobLogError) { try self.log.note(text) }

    func endWriting() -> (@Sendable () throws -> Int64)? { self.log.endWriting() }
}

#endif
