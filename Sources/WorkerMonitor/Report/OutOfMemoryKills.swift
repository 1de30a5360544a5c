// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Counts the processes that the kernel killed because memory ran out.
///
/// The kernel counts such kills for each control group, whether the limit of the group or the
/// memory of the machine was exhausted (cgroups(7); Documentation/admin-guide/cgroup-v2.rst,
/// "memory.events"). The child of a monitor is in the control group of the monitor.
enum OutOfMemoryKills {
    /// Returns how many processes in the control group of this program were killed so far, or `nil`
    /// if the kernel does not tell.
    ///
    /// - Parameter root: The folder that contains `proc` and `sys`, for a test.
    static func count(root: String = "") -> Int64? {
        guard let text = Self.read("\(root)/proc/self/cgroup") else { return nil }
        let groups = text.split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }
        .filter { $0.count == 3 }
        // A hybrid setup has both versions, and the memory controller belongs to version 1.
        if let group = groups.first(where: { $0[1].split(separator: ",").contains("memory") }) {
            return Self.count("\(root)/sys/fs/cgroup/memory", group[2], "memory.oom_control")
        }
        guard let group = groups.first(where: { $0[0] == "0" }) else { return nil }
        return Self.count("\(root)/sys/fs/cgroup", group[2], "memory.events")
    }

    /// Reads the number from the folder of a group.
    ///
    /// In a container the path of the group may be that of the host, and the group itself is
    /// mounted at `base`.
    private static func count(_ base: String, _ path: Substring, _ file: String) -> Int64? {
        let folders = [path == "/" ? base : base + path, base]
        guard let text = folders.lazy.compactMap({ Self.read("\($0)/\(file)") }).first else {
            return nil
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
        return line.flatMap { Int64($0.dropFirst("oom_kill ".count)) }
    }

    /// Returns the start of a file, which is longer than any of these files is.
    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
            count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
