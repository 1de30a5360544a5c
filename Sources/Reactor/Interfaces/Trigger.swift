// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Names a registered trigger, to take it back.
public struct Trigger: Sendable, Hashable {
    let event: SystemEvent
    let phase: TriggerPhase
    let number: UInt64
}
