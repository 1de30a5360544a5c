// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// A child as the kernel knows it: by its pidfd, which is never somebody else's, and by its group.
struct ChildHandle: ~Copyable {
    let pid: Int32
    private let owned: Descriptor
    /// Whether the group can be signalled after the leader was reaped (Linux 6.9).
    ///
    /// Where it cannot, the reap is put off until the process is over: an unreaped leader keeps its
    /// group's number from being used again.
    let reapsAtOnce: Bool

    /// What it is on this kernel.
    static var canReapAtOnce: Bool { cspawn_can_signal_group() == 1 }

    init(pid: Int32, _ pidfd: consuming Descriptor, reapsAtOnce: Bool) {
        self.pid = pid
        self.reapsAtOnce = reapsAtOnce
        self.owned = pidfd
    }

    var pidfd: Int32 { self.owned.number }

    // MARK: - Status

    /// How the child ended; nil: it has not, or nobody knows yet.
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

    // MARK: - Signals; 0 or a negative error number

    func signalLeader(_ signal: Signal) -> Int32 {
        let code = cspawn_signal_leader(self.pidfd, signal.rawValue)
        if code == 0, signal.needsResume { _ = cspawn_signal_leader(self.pidfd, SIGCONT) }
        return code
    }

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

    /// No answer from the kernel (ESRCH) proves it; an answer proves nothing, because zombies
    /// answer too.
    func isGroupEmpty(thoroughly: Bool) -> Bool {
        if self.sendToGroup(0) == -ESRCH { return true }
        // A scan that fails (no /proc) proves nothing either.
        return thoroughly && cspawn_scan(self.pid, 0, nil, 0) == 0
    }

    /// The members of the group that are not zombies.
    func livingMembers() -> [ProcessSurvivor] {
        // A scan looks at every process of the system, and most groups are known to be empty.
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

    /// The child itself, unless it is gone or a zombie; it has not been reaped.
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
