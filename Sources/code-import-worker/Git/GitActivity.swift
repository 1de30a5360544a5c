// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What the processes that the worker has started have done so far, as proc(5) shows it.
struct GitActivity {
    /// One process.
    struct Process: Equatable {
        var pid: Int32
        var parent: Int32
        /// The time of its start, which tells it from a later process with the same pid.
        var start: Int
        /// The name of the command, at most 15 bytes.
        var name: String
        /// The CPU time, in clock ticks.
        var ticks: Int
        /// The number of times that the process got a page of memory.
        ///
        /// A helper that collects a list in memory neither writes it nor uses much CPU time, but it
        /// needs more and more pages.
        var faults: Int
        /// The bytes that the process has read and written, except on sockets.
        var bytes: Int

        /// The name for messages, for example "git index-pack".
        var command: String {
            GitProcessEntry(pid: self.pid, arguments: GitProcesses.arguments(of: self.pid)).command
        }

        /// Whether the process is a part of git.
        ///
        /// Others, such as ssh, pass their data to git.
        var isGit: Bool { self.name.hasPrefix("git") }
    }

    /// All descendants of the worker.
    var processes: [Process] = []

    /// Returns the activity until now.
    static func now() -> GitActivity {
        let all = FileTree.entries(of: BytePath("/proc")).compactMap { entry in
            Int32(String(decoding: entry.name, as: UTF8.self)).flatMap(Self.process)
        }
        var known: Set<Int32> = [getpid()]
        var result: [Process] = []
        // A parent may be found after its child, so one pass is not enough.
        while true {
            let next = all.filter { known.contains($0.parent) && !known.contains($0.pid) }
            guard !next.isEmpty else { break }
            known.formUnion(next.map(\.pid))
            result += next
        }
        return GitActivity(processes: result.map(Self.withBytes))
    }

    /// Returns whether a process has not ended since.
    static func isRunning(_ process: Process) -> Bool {
        Self.process(process.pid)?.start == process.start
    }

    private static func process(_ pid: Int32) -> Process? {
        let bytes = BytePath("/proc/\(pid)/stat").contents(limit: 1024) ?? []
        // The name in parentheses may contain any character, so search for its end.
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")),
            let end = bytes.lastIndex(of: UInt8(ascii: ")")), open < end
        else { return nil }
        let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        // The numbers are those of proc_pid_stat(5); the first field here is number 3.
        func number(_ field: Int) -> Int { Int(fields[field - 3]) ?? 0 }
        return Process(
            pid: pid,
            parent: Int32(number(4)),
            start: number(22),
            name: String(decoding: bytes[(open + 1)..<end], as: UTF8.self),
            ticks: number(14) + number(15),
            faults: number(10) + number(12),
            bytes: 0
        )
    }

    private static func withBytes(_ process: Process) -> Process {
        guard process.isGit else { return process }
        var result = process
        let text = BytePath("/proc/\(process.pid)/io").contents(limit: 1024) ?? []
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 2, ["rchar:", "wchar:"].contains(parts[0]) else { continue }
            result.bytes += Int(parts[1]) ?? 0
        }
        return result
    }
}
