// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import Glibc

/// The process that monitors a job, as another process on the same machine can recognize it.
///
/// The age of a heartbeat depends on two readings of the system's clock, which an administrator or
/// NTP may have set in between. Whether a process lives does not.
public struct MonitorProcess: Sendable, Hashable, Codable {
    /// The id that the kernel chose when it was booted (random(4), `boot_id`).
    var boot: String
    /// The PID namespace in which `pid` is valid (pid_namespaces(7)).
    var namespace: UInt64
    /// The process ID.
    var pid: Int32
    /// The start of the process in clock ticks since the boot (proc_pid_stat(5), `starttime`), so
    /// that another process with the same number is not mistaken for it.
    var start: UInt64

    /// The present process, or `nil` if the kernel does not tell enough about it, for example
    /// because /proc is not mounted.
    public static var current: MonitorProcess? { MonitorProcess(pid: getpid()) }

    /// Creates the identity of a process in the PID namespace of this one, or `nil` as above.
    init?(pid: Int32) {
        guard let boot = Self.read("/proc/sys/kernel/random/boot_id"),
            let namespace = Self.currentNamespace,
            let stat = Self.entry(pid)
        else { return nil }
        self.boot = String(boot.prefix { $0 != "\n" })
        self.namespace = namespace
        self.pid = pid
        self.start = stat.start
    }

    /// Whether the process runs, or `nil` if it is not in the same PID namespace as `observer`.
    ///
    /// A stopped process runs, and a zombie does not.
    func isAlive(seenBy observer: MonitorProcess) -> Bool? {
        guard self.boot == observer.boot, self.namespace == observer.namespace else { return nil }
        if let stat = Self.entry(self.pid) {
            return stat.start == self.start && !"ZXx".contains(stat.state)
        }
        // /proc may hide the processes of other users (proc(5), "hidepid").
        return kill(self.pid, 0) == 0 || errno == EPERM
    }

    /// The number of the namespace's file (namespaces(7), "The /proc/pid/ns/ directory").
    private static var currentNamespace: UInt64? {
        var status = stat()
        return stat("/proc/self/ns/pid", &status) == 0 ? UInt64(status.st_ino) : nil
    }

    /// Returns the state and the start of a process, or `nil` if there is no such process.
    private static func entry(_ pid: Int32) -> (state: Character, start: UInt64)? {
        // The second field is the name of the command in parentheses, and may contain anything.
        guard let text = Self.read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let start = UInt64(fields[19]) else {
            return nil
        }
        return (state, start)
    }

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}

#endif
