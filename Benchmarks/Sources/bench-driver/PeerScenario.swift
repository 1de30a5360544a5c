// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A scenario as peers are asked for it.
struct PeerScenario {
    let name: String
    /// The head of the table that it is a part of.
    let table: String
    let arguments: [String]
    let metrics: [String]
    /// Whether each run has one before it that is not measured, so that the memory which it touches is
    /// really there: see `warm_memory` of the floor, which not every peer has.
    let warmsUp: Bool

    /// All of them, in the order of the tables.
    ///
    /// They are smaller than for the comparison with the floor, since some peers take a hundred times as long.
    static func all(_ programs: Programs) -> [Self] {
        let child = programs.child
        let spawning = "Children"
        let many = "A thousand children"
        let loop = "Timers and threads"
        return [
            Self("S1", spawning, ["S1", "1000", "0", "0", "/bin/true"], ["cpu_us", "rate"]),
            // Who forks needs 18 ms for each.
            Self(
                "S1b-memory",
                spawning,
                ["S1", "200", "1024", "0", "/bin/true"],
                ["cpu_us", "rate"]
            ),
            Self(
                "S3-pipe-64K",
                spawning,
                ["S3", "pipe", "2147483648", "65536", child],
                ["gb_per_s", "cpu_s_per_gb"]
            ),
            // The slowest need three seconds to start them, and two and a half of silence follow.
            Self(
                "S4-1000",
                many,
                ["S4", "1000", "7", child],
                ["bytes", "idle_ms_per_s", "end_p50_us", "end_p99_us"]
            ),
            Self("S2", loop, ["S2", "1000000", "1000"], ["cpu_ns"]),
            Self("S2b", loop, ["S2b", "1000000", "100000"], ["cpu_ns"], warmsUp: true),
            Self("S2c", loop, ["S2c", "2000000"], ["ns"]),
            Self("S5", loop, ["S5", "20000"], ["us"]),
        ]
    }

    private init(
        _ name: String,
        _ table: String,
        _ arguments: [String],
        _ metrics: [String],
        warmsUp: Bool = false
    ) {
        self.name = name
        self.table = table
        self.arguments = arguments
        self.metrics = metrics
        self.warmsUp = warmsUp
    }
}
