// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A signal that was sent to a process or to its group, for the record.
public struct SentSignal: Sendable, Hashable {
    /// What was sent.
    public var signal: Signal
    /// Whom it was for.
    public var target: SignalTarget
    /// When, on the reactor's clock.
    public var at: Duration

    /// Makes a record.
    public init(_ signal: Signal, to target: SignalTarget, at time: Duration) {
        self.signal = signal
        self.target = target
        self.at = time
    }
}
