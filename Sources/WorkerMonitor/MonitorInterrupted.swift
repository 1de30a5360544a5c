// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// The monitor was told to stop, so it stopped its worker.
public struct MonitorInterrupted: Error, Sendable, Hashable, CustomStringConvertible {
    /// The signal that told it.
    public var signal: Signal

    /// Makes the error.
    public init(signal: Signal) {
        self.signal = signal
    }

    /// A full sentence.
    public var description: String { "The monitor was interrupted by \(self.signal)." }
}
