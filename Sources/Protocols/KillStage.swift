// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// One step of ending a process: a signal, and how long its effect is waited for.
public struct KillStage: Sendable, Hashable {
    /// What is sent.
    public var signal: Signal
    /// How long the process may take before the next step.
    public var wait: Duration

    /// Makes a step.
    public init(signal: Signal, wait: Duration) {
        self.signal = signal
        self.wait = wait
    }
}
