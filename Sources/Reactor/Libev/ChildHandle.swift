// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// A child process in the kernel, identified by its pidfd, and its process group.
///
/// A pidfd always refers to the same process, while the kernel may give a process ID to another
/// process after the reap.
struct ChildHandle: ~Copyable {
    let pid: Int32
    private let owned: Descriptor
    /// Whether the child is reaped as soon as it has exited.
    ///
    /// That needs a kernel that can signal the group through the pidfd of a reaped leader
    /// (Linux 6.9). On older kernels the group can only be signaled by its number. There the
    /// reactor reaps the leader last, because the kernel does not reuse the number while the
    /// leader is a zombie.
    let reapsAtOnce: Bool

    /// The right value of `reapsAtOnce` on this kernel.
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
    /// If `reap` is false, the child stays a zombie. The usage is `nil` if other code reaped it.
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

    /// Sends a signal to the child, and SIGCONT after it if a stopped child would not react.
    ///
    /// Returns 0 or a negative error number.
    func signalLeader(_ signal: Signal) -> Int32 {
        let code = cspawn_signal_leader(self.pidfd, signal.rawValue)
        if code == 0, signal.needsResume { _ = cspawn_signal_leader(self.pidfd, SIGCONT) }
        return code
    }

    /// Sends a signal to the group, and SIGCONT after it if stopped members would not react.
    ///
    /// Returns 0 or a negative error number.
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
    /// If signal 0 fails with ESRCH, the group is empty. If it succeeds, the group may still
    /// consist of zombies, which only a scan of /proc tells from live members. Without `thoroughly`
    /// there is no scan, and the result is false.
    func isGroupEmpty(thoroughly: Bool) -> Bool {
        if self.sendToGroup(0) == -ESRCH { return true }
        // If the scan fails, the group does not count as empty.
        return thoroughly && cspawn_scan(self.pid, 0, nil, 0) == 0
    }

    /// Returns up to 64 members of the group that are not zombies.
    func livingMembers() -> [ProcessSurvivor] {
        // A scan reads the entry of every process of the system, and most groups are already empty.
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

    /// Returns the child itself, or an empty array if it is a zombie.
    ///
    /// The child must not have been reaped, because its number identifies it here.
    func livingLeader() -> [ProcessSurvivor] {
        var member = cspawn_member()
        return cspawn_look(self.pid, &member) == 1 ? [ProcessSurvivor(member)] : []
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
