// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport

/// A running process of git, as proc(5) describes it.
struct GitProcessEntry {
    let pid: Int32
    /// The arguments, starting with the name of the program.
    let arguments: [String]

    /// The command for messages, for example "git gc".
    var command: String {
        let program = self.arguments.first?.split(separator: "/").last.map(String.init) ?? "git"
        guard program == "git", let name = self.subcommand else { return program }
        return "git \(name)"
    }

    /// The first argument that is neither an option nor the value of one.
    private var subcommand: String? {
        var rest = self.arguments.dropFirst()[...]
        while let next = rest.popFirst() {
            if ["-c", "-C", "--git-dir", "--work-tree", "--namespace"].contains(next) {
                rest = rest.dropFirst()
            } else if !next.hasPrefix("-") {
                return next
            }
        }
        return nil
    }

    /// Whether the process may write into the repository in which it works.
    ///
    /// A server that lets others read the mirror must not hold up an import.
    fileprivate var writes: Bool {
        let readers = [
            "upload-pack", "upload-archive", "http-backend", "daemon", "cat-file", "rev-list",
            "log", "show", "for-each-ref", "show-ref", "ls-remote", "archive", "diff", "fsck",
            "count-objects", "rev-parse", "status", "ls-tree", "blame", "grep",
        ]
        if let name = self.subcommand, readers.contains(name) { return false }
        return !self.arguments.contains { $0 == "--stdout" || $0.contains("credential") }
            && !self.command.hasPrefix("git-upload")
    }
}

/// The git processes of this machine that work in a mirror.
enum GitProcesses {
    /// The number under which git, and each process that it starts, inherits the folder in which
    /// the worker lets it work.
    static let inheritedDescriptor: Int32 = 3

    /// Returns the processes that the worker of this or an earlier import has started, directly or
    /// not, and that have the folder open.
    ///
    /// Daemons that keep passwords inherit the folder too, but do not work in it.
    static func started(in folder: stat) -> [GitProcessEntry] {
        self.all { pid in
            var status = stat()
            return stat("/proc/\(pid)/fd/\(self.inheritedDescriptor)", &status) == 0
                && status.st_dev == folder.st_dev && status.st_ino == folder.st_ino
        }
    }

    /// Returns the processes that may write into the mirror, for example the `git gc` of
    /// an operator.
    static func writing(in mirror: String) -> [GitProcessEntry] {
        guard let path = self.resolved(mirror) else { return [] }
        return self.all { pid in
            let cwd = self.target(of: "/proc/\(pid)/cwd") ?? ""
            if cwd == path || cwd.hasPrefix(path + "/") { return true }
            let texts =
                self.strings(pid, "environ").filter { $0.hasPrefix("GIT_DIR=") }
                + self.strings(pid, "cmdline")
            return texts.contains { text in
                let value = text.split(separator: "=", maxSplits: 1).last.map(String.init) ?? ""
                return value.hasPrefix("/") && (value == mirror || self.resolved(value) == path)
            }
        }
    }

    private static func all(where condition: (Int32) -> Bool) -> [GitProcessEntry] {
        FileTree.entries(of: BytePath("/proc")).compactMap { entry in
            guard let pid = Int32(String(decoding: entry.name, as: UTF8.self)), pid != getpid(),
                let program = self.target(of: "/proc/\(pid)/exe")?.split(separator: "/").last,
                program == "git" || program.hasPrefix("git-"), condition(pid)
            else { return nil }
            let process = GitProcessEntry(pid: pid, arguments: self.strings(pid, "cmdline"))
            return process.writes ? process : nil
        }
    }

    /// Returns the arguments of a process, starting with the name of the program.
    static func arguments(of pid: Int32) -> [String] { self.strings(pid, "cmdline") }

    private static func strings(_ pid: Int32, _ file: String) -> [String] {
        let bytes = BytePath("/proc/\(pid)/\(file)").contents(limit: 1 << 16) ?? []
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func target(of link: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(link, start, buffer.count)
            let bytes = UnsafeRawBufferPointer(buffer).prefix(max(0, count))
            return count < 0 ? nil : String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func resolved(_ path: String) -> String? {
        guard let result = realpath(path, nil) else { return nil }
        defer { free(result) }
        return String(cString: result)
    }
}

extension GitProcesses {
    // Git removes its locks and temporary files when it gets SIGTERM, so it gets that signal first.
    private static let patience: [(signal: Int32, tenths: Int)] = [(SIGTERM, 20), (SIGKILL, 50)]

    /// Ends the processes that a killed worker has started in the folder, and waits for them.
    ///
    /// - Returns: The processes that still run.
    static func end(in folder: stat) -> [GitProcessEntry] {
        var running = self.started(in: folder)
        for step in self.patience {
            for process in running { kill(process.pid, step.signal) }
            var tenths = 0
            while !running.isEmpty, tenths < step.tenths {
                usleep(100_000)
                tenths += 1
                running = self.started(in: folder)
            }
        }
        return running
    }
}
