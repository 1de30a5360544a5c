// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The kernel refused to send a signal.
public struct SignalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was to be sent.
    public var signal: Signal
    /// Why not: EPERM for a process of another user, EINVAL for a number that is no signal.
    public var errno: Int32

    /// Makes the error.
    public init(signal: Signal, errno: Int32) {
        self.signal = signal
        self.errno = errno
    }

    /// A full sentence.
    public var description: String { "\(self.signal) could not be sent: \(errorText(self.errno))." }
}
