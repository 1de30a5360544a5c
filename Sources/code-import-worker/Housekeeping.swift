// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// Packs a mirror whose refs are up to date, if git considers that necessary.
///
/// The import has succeeded by then. So a `git gc` that fails, hangs or is killed changes nothing
/// about its result.
struct Housekeeping {
    /// The default time limit in seconds.
    static let defaultLimit = 1800.0

    let mirror: String
    let git: Git
    let care: MirrorCare
    let report: Report
    /// The time after which git is ended.
    let limit: Duration
    /// The longest time without a line in the report while git works.
    let interval: Duration

    /// - Parameters:
    ///   - limit: The time after which git is ended, in seconds; 0 leaves out the housekeeping.
    ///   - monitor: The value of ``WorkerResult/inactivityVariable``: the time without output after
    ///     which the monitor would end the worker, in seconds.
    init(
        of mirror: String,
        _ git: Git,
        _ care: MirrorCare,
        _ report: Report,
        limit: Double,
        monitor: String?
    ) {
        self.mirror = mirror
        self.git = git
        self.care = care
        self.report = report
        self.limit = .seconds(limit)
        let silence = monitor.flatMap(Double.init).flatMap { $0 > 0 ? $0 : nil } ?? 90
        self.interval = .seconds(min(30, silence / 3))
    }

    /// Runs `git gc --auto`, which does nothing for most mirrors.
    func run() {
        guard self.limit > .zero else { return }
        let watch = GitWatch(limit: self.limit, interval: self.interval) { [report] time in
            let seconds = Int(time / .seconds(1))
            report.line("Packing the mirror; the import is complete (\(seconds) s so far).")
        }
        let result = try? self.git.run(["gc", "--auto"], in: self.mirror, watch: watch)
        guard result?.exit.isSuccess != true else { return }
        // The children of git gc may still work, and leave a pack of the size of the mirror.
        self.care.removeDebrisOfHousekeeping()
        let reason =
            watch.hasExpired
            ? "git gc took longer than \(Int(self.limit / .seconds(1))) s and was ended"
            : "git gc failed"
        self.report.line(
            "Warning: \(reason). The mirror is complete, but may be larger than necessary."
        )
    }
}

/// Limits the time of a git command, and shows at regular intervals that it is running.
final class GitWatch {
    // A git that ignores SIGTERM gets SIGKILL after this time.
    private static let killAfter: Duration = .seconds(2)

    /// Whether git was ended because its time was over.
    private(set) var hasExpired = false
    private let limit: Duration
    private let interval: Duration
    private let sign: (Duration) -> Void
    private var calls: [DelayedCall] = []

    /// - Parameters:
    ///   - limit: The time after which git is ended.
    ///   - interval: The time between two calls of `sign`.
    ///   - sign: Called with the time since git was started.
    init(limit: Duration, interval: Duration, sign: @escaping (Duration) -> Void) {
        self.limit = limit
        self.interval = interval
        self.sign = sign
    }

    /// Starts the timers for a process that is running.
    func start(_ process: GitProcess, _ reactor: LibevReactor) {
        let started = reactor.now
        self.calls = [
            reactor.callLater(self.limit) { [weak self] in
                self?.hasExpired = true
                try? process.transport?.signalProcess(.terminate)
            },
            reactor.callLater(self.limit + Self.killAfter) {
                try? process.transport?.signalProcess(.kill)
            },
        ]
        self.repeatSign(since: started, reactor)
    }

    /// Cancels the timers.
    func stop() {
        for call in self.calls where call.isActive { call.cancel() }
        self.calls = []
    }

    private func repeatSign(since started: Duration, _ reactor: LibevReactor) {
        let call = reactor.callLater(self.interval) { [weak self] in
            guard let self else { return }
            self.sign(reactor.now - started)
            self.calls.removeLast()
            self.repeatSign(since: started, reactor)
        }
        self.calls.append(call)
    }
}
