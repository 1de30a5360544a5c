// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What became of bytes that were written to a child.
public enum WriteOutcome: Sendable, Hashable {
    /// They are on their way.
    case accepted
    /// They are on their way, but more than half of the limit waits: stop writing until
    /// ``ProcessProtocol/childWriteBufferEmptied(_:)``.
    case acceptedButFull
    /// None of them is: the child has closed the stream, or they would go over the limit.
    case refused
}
