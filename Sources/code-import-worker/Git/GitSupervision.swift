// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// The limits on a running git, and the lines that show a reader of the log that it is alive.
struct GitPatience: Equatable {
    /// How long git may show no sign of life before it is ended, or `nil` for no limit.
    var stallLimit: Duration?
    /// The longest time without a line of output while git is alive.
    var lineInterval: Duration

    /// No limit, and no lines.
    static let unlimited = GitPatience(stallLimit: nil, lineInterval: .seconds(1 << 40))

    private init(stallLimit: Duration?, lineInterval: Duration) {
        self.stallLimit = stallLimit
        self.lineInterval = lineInterval
    }

    /// Creates the limits for a monitor that ends a silent worker after
    /// `inactivityTimeout` seconds.
    ///
    /// - Parameters:
    ///   - stallLimit: The limit, or `nil` for none.
    ///   - inactivityTimeout: The value of ``WorkerResult/inactivityVariable``, or `nil`.
    init(stallLimit: Duration?, inactivityTimeout: String?) {
        self.stallLimit = stallLimit
        let silence = inactivityTimeout.flatMap { Double($0) } ?? .infinity
        self.lineInterval = .seconds(silence > 0 ? min(30, silence / 3) : 30)
    }
}

/// Supervises one process of git: ends it with all its helpers if it stalls, and prints a line from
/// time to time while it is busy but silent.
final class GitSupervision {
    /// How long git and its helpers may take to react to SIGTERM, by which git removes its files.
    private static let killAfter: Duration = .seconds(2)

    private let process: GitProcess
    private let reactor: LibevReactor
    private let patience: GitPatience
    private let report: Report
    private var watch: StallWatch
    private var activity = GitActivity()
    /// The time of the last line of output.
    var lastLine: Duration
    /// How long git had shown no sign of life when it was ended, or `nil` if it has not stalled.
    private(set) var stall: Duration?

    init(_ process: GitProcess, _ reactor: LibevReactor, _ patience: GitPatience, _ report: Report)
    {
        self.process = process
        self.reactor = reactor
        self.patience = patience
        self.report = report
        self.watch = StallWatch(limit: patience.stallLimit, now: reactor.now)
        self.lastLine = reactor.now
    }

    /// The longest time until the next call of ``turn()``.
    var interval: Duration { min(self.watch.interval, self.patience.lineInterval) }

    /// Checks git if a check is due.
    func turn() {
        let now = self.reactor.now
        if self.watch.isDue(now) {
            self.activity = .now()
            self.watch.check(self.activity, outputBytes: self.process.outputBytes, now: now)
            if self.watch.isStalled, self.stall == nil { self.endStalled() }
        }
        guard now - self.lastLine >= self.patience.lineInterval, self.stall == nil else { return }
        self.lastLine = now
        if let sentence = self.watch.sentence { self.report.line(sentence) }
    }

    /// Kills the helpers that have outlived a stalled git.
    func finish() {
        if self.stall != nil { self.signal(SIGKILL) }
    }

    private func endStalled() {
        self.stall = self.watch.silence
        self.signal(SIGTERM)
        self.reactor.callLater(Self.killAfter) { [weak self] in self?.signal(SIGKILL) }
    }

    // The processes are those of the last check: a helper whose parent has died is no longer found
    // as a descendant. The time of its start makes sure that a pid still means the same process.
    private func signal(_ signal: Int32) {
        for process in self.activity.processes where GitActivity.isRunning(process) {
            kill(process.pid, signal)
        }
    }
}
