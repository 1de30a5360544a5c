// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What a process and its reaped children used, as getrusage(2) counts it.
public struct ResourceUsage: Sendable, Hashable {
    /// Time on the processor in user mode.
    public var userTime: Duration
    /// Time on the processor in the kernel.
    public var systemTime: Duration
    /// The largest resident size of any one of them, in bytes.
    public var maximumResidentBytes: Int

    /// Makes a usage record.
    public init(userTime: Duration, systemTime: Duration, maximumResidentBytes: Int) {
        self.userTime = userTime
        self.systemTime = systemTime
        self.maximumResidentBytes = maximumResidentBytes
    }
}
