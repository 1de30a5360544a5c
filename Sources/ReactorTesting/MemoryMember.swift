// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// One process of a scripted child's tree: its leader or something that it started.
final class MemoryMember {
    let pid: Int32
    let isInGroup: Bool
    var isAlive = true
    var ignored: Set<Signal> = []
    /// The child's descriptors that it has open.
    var open: Set<Int32>
    var steps: ArraySlice<MemoryStep>
    var isEchoing = false
    var nextStep: DelayedCall?

    init(pid: Int32, open: Set<Int32>, isInGroup: Bool, _ steps: [MemoryStep]) {
        self.pid = pid
        self.open = open
        self.isInGroup = isInGroup
        self.steps = steps[...]
    }

    /// The probe, SIGCHLD to SIGTTOU, SIGURG, SIGWINCH: they are ignored, or stop and resume.
    private static let harmless = Set(([0] + (17...23) + [28]).map { Signal(rawValue: $0) })

    /// Whether `signal` ends it: signal(7), the default actions.
    func isEnded(by signal: Signal) -> Bool {
        signal == .kill || !(self.ignored.contains(signal) || Self.harmless.contains(signal))
    }
}
