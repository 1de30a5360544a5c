// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A hot path whose costs are counted.
struct CountedPath {
    let name: String
    /// Whether the floor has the scenario too.
    var isOnFloor = true
    var counts: [Count] = [.instructions, .systemCalls, .allocations]
    /// How many times, or how much; the scenario is run with it and with three times as much.
    let size: Int
    /// What the program says how often the path was taken; nil: as often as the size says.
    var metric: String?
    /// Whether the path may not allocate at all.
    var isFreeOfAllocations = false
    /// The scenario at a size.
    let arguments: (Int) -> [String]

    static func all(_ programs: Programs) -> [CountedPath] {
        [
            // All due within a millisecond: how many turns of the loop it takes does not matter then.
            CountedPath(name: "timer", size: 50_000, isFreeOfAllocations: true) {
                ["S2", "\($0)", "1"]
            },
            CountedPath(name: "cancelled_timer", size: 50_000, isFreeOfAllocations: true) {
                ["S2b", "\($0)", "1000"]
            },
            CountedPath(name: "reset", size: 1_000_000, isFreeOfAllocations: true) {
                ["S2c", "\($0)"]
            },
            CountedPath(name: "turn", size: 20_000, isFreeOfAllocations: true) {
                ["turns", "\($0)"]
            },
            CountedPath(name: "chain_of_ten", size: 20_000) { ["S6", "\($0)"] },
            // The time of a wait is not steady, so neither is the number of turns: no instructions.
            CountedPath(
                name: "output_chunk",
                counts: [.systemCalls, .allocations],
                size: 128 << 20,
                metric: "reads",
                isFreeOfAllocations: true
            ) { ["S3", "pipe", "\($0)", "65536", programs.child] },
            CountedPath(name: "monitored_chunk", size: 1_000_000, isFreeOfAllocations: true) {
                ["S6b", "\($0)", "64"]
            },
            CountedPath(name: "heartbeat", isOnFloor: false, size: 500) { ["beats", "\($0)"] },
            // Callgrind does not know the clone(2) that we use.
            CountedPath(name: "spawn", counts: [.systemCalls, .allocations], size: 200) {
                ["S1", "\($0)", "0", "0", "/bin/true"]
            },
        ]
    }
}
