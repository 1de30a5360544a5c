// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A scenario with the arguments and metrics for the comparison of peers.
struct PeerScenario {
    let name: String
    /// The title of the table that contains the metrics of the scenario.
    let table: String
    let arguments: [String]
    let metrics: [String]
    /// Whether a run whose values are ignored precedes each measured run.
    ///
    /// The ignored run makes the host back the memory that the scenario touches. The floor
    /// and swift-reactor do the same within one run (`warm_memory` in `measure.h`), but most
    /// peers cannot.
    let warmsUp: Bool

    /// Returns all scenarios in the order of the tables.
    ///
    /// Their sizes are smaller than those of the comparison with the floor, because some peers take
    /// a hundred times as long.
    static func all(_ programs: Programs) -> [Self] {
        let child = programs.child
        let spawning = "Children"
        let many = "A thousand children"
        let loop = "Timers and threads"
        return [
            Self("S1", spawning, ["S1", "1000", "0", "0", "/bin/true"], ["cpu_us", "rate"]),
            // Two hundred children suffice: a peer that forks takes 18 ms for each of them.
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
            // The slowest peers take three seconds to start the children, and 2.5 seconds without
            // output must follow before the first child ends.
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
