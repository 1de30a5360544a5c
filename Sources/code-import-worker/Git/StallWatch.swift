// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Watches git for signs of life.
///
/// A sign of life is any of these: git writes to the worker; it reads or writes anything else; it
/// gets memory; it uses CPU time. A git that waits for a host that has gone silent shows none of
/// them. In contrast to a limit on output, a busy phase without output, such as the check of a
/// large pack, does not look like a stall.
struct StallWatch {
    /// The share of CPU time that a process needs to count as busy.
    ///
    /// The helper for HTTP uses 0.1 % while it waits, because it looks for data twenty times
    /// per second.
    private static let busyShare = 0.02
    private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

    /// How long git may show no sign of life, or `nil` for no limit.
    let limit: Duration?
    /// How long git has shown no sign of life.
    private(set) var silence = Duration.zero
    /// The processes of git at the last check.
    private(set) var processes: [GitActivity.Process] = []
    private var known: [Int32: GitActivity.Process] = [:]
    private var lastCheck: Duration
    private var outputBytes = 0

    init(limit: Duration?, now: Duration) {
        self.limit = limit
        self.lastCheck = now
    }

    /// The time between two checks.
    var interval: Duration {
        self.limit.map { min(max($0 / 4, .milliseconds(100)), .seconds(5)) } ?? .seconds(5)
    }

    /// Whether git has shown no sign of life for the length of the limit.
    var isStalled: Bool { self.limit.map { self.silence >= $0 } ?? false }

    /// Returns whether a check is due.
    func isDue(_ now: Duration) -> Bool { now - self.lastCheck >= self.interval }

    /// Compares the activity of git with that at its last sign of life.
    ///
    /// - Parameters:
    ///   - activity: The activity until now.
    ///   - outputBytes: The number of bytes that git has written to the worker so far.
    ///   - now: The current time.
    mutating func check(_ activity: GitActivity, outputBytes: Int, now: Duration) {
        // If the worker itself was stopped for a while, so was git, and that is no silence.
        self.silence += min(now - self.lastCheck, self.interval * 2)
        self.lastCheck = now
        let processes = activity.processes.filter(\.isGit)
        let isAlive =
            outputBytes != self.outputBytes
            || processes.contains { process in
                self.known[process.pid].map { self.isAlive(process, since: $0) } ?? false
            }
        self.processes = processes
        guard isAlive else {
            // What a process did before it was first seen is not known to be new.
            for process in processes where self.known[process.pid]?.start != process.start {
                self.known[process.pid] = process
            }
            return
        }
        self.silence = .zero
        self.outputBytes = outputBytes
        self.known = Dictionary(processes.map { ($0.pid, $0) }) { $1 }
    }

    private func isAlive(_ now: GitActivity.Process, since old: GitActivity.Process) -> Bool {
        guard now.start == old.start else { return false }
        let seconds = self.silence / .seconds(1)
        let enough = max(2, Self.busyShare * seconds * Self.ticksPerSecond)
        return Double(now.ticks - old.ticks) >= enough || now.bytes > old.bytes
            || now.faults > old.faults
    }

    /// A sentence that says what git does, or how long it has done nothing.
    ///
    /// It is `nil` if git does nothing and there is no limit: then the monitor, which sees no line,
    /// decides when to end it.
    var sentence: String? {
        guard self.silence < self.interval * 2 else {
            return self.limit.map {
                "Waiting: git has shown no sign of life for \(Self.seconds(self.silence)) s. "
                    + "It is ended after \(Self.seconds($0)) s."
            }
        }
        guard let busiest = self.processes.max(by: { $0.ticks < $1.ticks }) else {
            return "Still working."
        }
        let seconds = Int(Double(busiest.ticks) / Self.ticksPerSecond)
        guard seconds > 0 else { return "Still working." }
        return "Still working: \(busiest.command) has used \(seconds) s of CPU time."
    }

    static func seconds(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return seconds < 10 ? "\((seconds * 10).rounded() / 10)" : "\(Int(seconds))"
    }
}
