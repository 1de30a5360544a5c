// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What a process and its reaped children used, as getrusage(2) counts it.
public struct ResourceUsage: Sendable, Hashable {
    /// Time on the processor in user mode.
    public var userTime: Duration
    /// Time on the processor in the kernel.
    public var systemTime: Duration
    /// The largest resident size of any one of them, in bytes.
    ///
    /// Never less than the *parent's* size at the spawn: until its exec the child shares the
    /// parent's memory, and Linux books that under the child's name (fs/exec.c, exec_mmap). For a
    /// child that matters sample `VmHWM` of /proc/PID/status while it lives.
    public var maximumResidentBytes: Int

    /// Makes a usage record.
    public init(userTime: Duration, systemTime: Duration, maximumResidentBytes: Int) {
        self.userTime = userTime
        self.systemTime = systemTime
        self.maximumResidentBytes = maximumResidentBytes
    }
}
