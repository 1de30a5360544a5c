// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// What a process wrote and how it ended.
public struct ProcessOutput: Sendable, Hashable {
    /// What it wrote to its standard output, up to the limit.
    public var out: [UInt8]
    /// What it wrote to its standard error, up to the limit.
    public var err: [UInt8]
    /// Whether there was more than the limit.
    public var isTruncated: Bool
    /// How it ended.
    public var exit: ProcessExit

    /// Makes an output.
    public init(out: [UInt8], err: [UInt8], isTruncated: Bool, exit: ProcessExit) {
        self.out = out
        self.err = err
        self.isTruncated = isTruncated
        self.exit = exit
    }
}
