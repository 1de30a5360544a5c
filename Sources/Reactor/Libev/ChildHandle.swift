// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// A child process in the kernel, identified by its pidfd, and its process group.
///
/// A pidfd always refers to the same process. A process ID does not: after the child has been
/// reaped, the kernel may give its ID to a new process.
struct ChildHandle: ~Copyable {
    let pid: Int32
    private let owned: Descriptor
    /// Whether the reactor reaps the child as soon as it has exited, and not only after the exit
    /// policy is satisfied.
    ///
    /// Early reaping requires a kernel that can signal a process group through the pidfd of its
    /// reaped leader (Linux 6.9). Older kernels can signal the group only by its number, which is
    /// the process ID of the leader. On these kernels the reactor keeps the leader as a zombie for
    /// as long as it needs the group, because the kernel does not reuse the number of a zombie.
    let reapsAtOnce: Bool

    /// The value that `reapsAtOnce` must have on this kernel.
    static var canReapAtOnce: Bool { cspawn_can_signal_group() == 1 }

    init(pid: Int32, _ pidfd: consuming Descriptor, reapsAtOnce: Bool) {
        self.pid = pid
        self.reapsAtOnce = reapsAtOnce
        self.owned = pidfd
    }

    var pidfd: Int32 { self.owned.number }

    // MARK: - Status

    /// Returns how the child terminated, or `nil` if it is running or its status is not known yet.
    ///
    /// If `reap` is `false`, a child that has terminated stays a zombie. The usage is `nil` if
    /// other code in the program has reaped the child.
    func wait(reap: Bool) -> (exit: ProcessExit, usage: ResourceUsage?)? {
        var raw = cspawn_exit()
        guard cspawn_wait(self.pidfd, reap ? 1 : 0, &raw) == 0 else { return nil }
        let exit: ProcessExit
        switch UInt32(raw.kind) {
        case CSPAWN_EXIT_EXITED.rawValue: exit = .exited(code: raw.value)
        case CSPAWN_EXIT_SIGNALED.rawValue:
            exit = .signaled(Signal(rawValue: raw.value), coreDumped: false)
        case CSPAWN_EXIT_DUMPED.rawValue:
            exit = .signaled(Signal(rawValue: raw.value), coreDumped: true)
        default: return nil
        }
        return (exit, raw.has_usage == 1 ? Self.usage(raw.usage) : nil)
    }

    private static func usage(_ raw: cspawn_usage) -> ResourceUsage {
        ResourceUsage(
            userTime: .microseconds(raw.user_microseconds),
            systemTime: .microseconds(raw.system_microseconds),
            maximumResidentBytes: Int(raw.max_resident_kibibytes) * 1024
        )
    }

    // MARK: - Signals

    /// Sends a signal to the child, and then SIGCONT if a stopped child would not react to
    /// the signal.
    ///
    /// - Returns: 0 or a negative error number.
    func signalLeader(_ signal: Signal) -> Int32 {
        let code = cspawn_signal_leader(self.pidfd, signal.rawValue)
        if code == 0, signal.needsResume { _ = cspawn_signal_leader(self.pidfd, SIGCONT) }
        return code
    }

    /// Sends a signal to the group, and then SIGCONT if stopped members would not react to
    /// the signal.
    ///
    /// - Returns: 0 or a negative error number.
    func signalGroup(_ signal: Signal) -> Int32 {
        let code = self.sendToGroup(signal.rawValue)
        if code == 0, signal.needsResume { _ = self.sendToGroup(SIGCONT) }
        return code
    }

    private func sendToGroup(_ number: Int32) -> Int32 {
        if self.reapsAtOnce { return cspawn_signal_group(self.pidfd, number) }
        return kill(-self.pid, number) == 0 ? 0 : -errno
    }

    // MARK: - The group

    /// Returns whether the group has no live members.
    ///
    /// If signal 0 fails with ESRCH, the group is empty. If the signal succeeds, the group may
    /// still consist of zombies. Only a scan of /proc distinguishes zombies from live members. If
    /// `thoroughly` is `false`, this method does not scan, and returns `false` for such a group.
    func isGroupEmpty(thoroughly: Bool) -> Bool {
        if self.sendToGroup(0) == -ESRCH { return true }
        // A failed scan returns a negative number, and then the group does not count as empty.
        return thoroughly && cspawn_scan(self.pid, 0, nil, 0) == 0
    }

    /// Returns up to 64 members of the group that are not zombies.
    func livingMembers() -> [ProcessSurvivor] {
        // Most groups are empty at this time. The test for that avoids a scan, which reads the
        // entry of every process of the system.
        if self.isGroupEmpty(thoroughly: false) { return [] }
        let capacity = 64
        return withUnsafeTemporaryAllocation(of: cspawn_member.self, capacity: capacity) {
            members in
            let count = cspawn_scan(self.pid, 0, members.baseAddress, Int32(capacity))
            return members.prefix(Int(max(0, min(count, Int32(capacity))))).map(
                ProcessSurvivor.init
            )
        }
    }

    /// Returns an array with the child itself, or an empty array if the child is a zombie.
    ///
    /// The child must not have been reaped, because this method identifies it by its process ID.
    func livingLeader() -> [ProcessSurvivor] {
        var member = cspawn_member()
        return cspawn_probe(self.pid, &member) == 1 ? [ProcessSurvivor(member)] : []
    }
}

extension ProcessSurvivor {
    fileprivate init(_ raw: cspawn_member) {
        let command = withUnsafeBytes(of: raw.command) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let state = Character(UnicodeScalar(UInt8(bitPattern: raw.state)))
        self.init(pid: raw.pid, command: command, state: state)
    }
}
