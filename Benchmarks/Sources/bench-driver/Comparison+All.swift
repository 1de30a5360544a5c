// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension Comparison {
    /// Returns every scenario except S8, with its bars.
    static func all(isQuick: Bool, _ programs: Programs) -> [Comparison] {
        let table = ComparisonTable(isQuick: isQuick, programs: programs)
        return table.spawn + table.timers + table.output + table.children + table.rest
    }
}

/// The sizes, rounds and bars of the scenarios.
private struct ComparisonTable {
    let isQuick: Bool
    let programs: Programs

    private func size(_ full: Int, _ quick: Int) -> String {
        "\(self.isQuick ? quick : full)"
    }

    /// Returns the comparison of swift-reactor and the floor with the same arguments.
    private func both(
        _ name: String,
        _ arguments: [String],
        rounds: Int,
        _ bars: [(String, Bar)]
    ) -> Comparison {
        Comparison(
            name: name,
            ours: [self.programs.ours] + arguments,
            reference: [self.programs.floor] + arguments,
            rounds: self.isQuick ? 1 : rounds,
            bars: bars
        )
    }

    var spawn: [Comparison] {
        [
            self.both(
                "S1",
                self.spawning(),
                rounds: 13,
                [("cpu_us", .ratioAtMost(1.25)), ("rate", .ratioAtLeast(0.95))]
            ),
            self.burdened("S1b-memory", self.spawning(ballast: 1024)),
            self.burdened("S1b-descriptors", self.spawning(descriptors: 10_000)),
        ]
    }

    private func spawning(ballast: Int = 0, descriptors: Int = 0) -> [String] {
        ["S1", self.size(2000, 200), "\(ballast)", "\(descriptors)", "/bin/true"]
    }

    /// Returns the comparison of S1 in a large process with S1 in a small one.
    ///
    /// Both sides run on swift-reactor.
    private func burdened(_ name: String, _ arguments: [String]) -> Comparison {
        Comparison(
            name: name,
            ours: [self.programs.ours] + arguments,
            reference: [self.programs.ours] + self.spawning(),
            rounds: self.isQuick ? 1 : 5,
            bars: [("cpu_us", .ratioAtMost(1.15)), ("cycle_us", .ratioAtMost(1.15))]
        )
    }

    var timers: [Comparison] {
        let count = self.size(1_000_000, 100_000)
        return [
            self.both(
                "S2",
                ["S2", count, "1000"],
                rounds: 7,
                [("schedule_ns", .none), ("fire_ns", .none), ("cpu_ns", .ratioAtMost(0.75))]
            ),
            self.both(
                "S2b",
                ["S2b", count, "100000"],
                rounds: 7,
                [("cpu_ns", .ratioAtMost(1.0))]
            ),
            self.both(
                "S2c",
                ["S2c", self.size(10_000_000, 1_000_000)],
                rounds: 7,
                [("ns", .ratioAtMost(1.0))]
            ),
        ]
    }

    var output: [Comparison] {
        let bars: [(String, Bar)] = [
            ("gb_per_s", .ratioAtLeast(1.0)), ("cpu_s_per_gb", .ratioAtMost(1.0)),
        ]
        let sizes = [64, 8, 4]
        let bytes = self.size(4 << 30, 256 << 20)
        return sizes.map { self.stream("pipe", bytes, $0, bars) }
            + sizes.map { self.stream("socketpair", bytes, $0, bars) }
            + [self.stream("terminal", self.size(1 << 30, 64 << 20), 64, bars)]
    }

    private func stream(
        _ kind: String,
        _ bytes: String,
        _ kibibytes: Int,
        _ bars: [(String, Bar)]
    ) -> Comparison {
        let arguments = ["S3", kind, bytes, "\(kibibytes * 1024)", self.programs.child]
        // Whether reader and writer contend for the lock of a pipe is chance, so a single run may
        // be off by a fifth. A terminal varies less, because its data takes a long way through the
        // kernel, so fewer rounds suffice.
        let rounds = kind == "terminal" ? 2 : 5
        let reference = kind == "socketpair" ? self.programs.libuv : self.programs.floor
        return Comparison(
            name: "S3-\(kind)-\(kibibytes)K",
            ours: [self.programs.ours] + arguments,
            reference: [reference] + arguments,
            rounds: self.isQuick ? 1 : rounds,
            bars: bars
        )
    }

    var children: [Comparison] {
        let bars: [(String, Bar)] = [
            ("bytes", .atMost(2560)),
            ("idle_ms_per_s", .ratioAtMost(2)),
            ("end_p50_us", .ratioAtMost(1.2)),
            ("end_p99_us", .ratioAtMost(1.5)),
        ]
        // The children sleep long enough for all of them to start and for two idle seconds to pass
        // before the first one ends.
        let some = ["S4", self.size(1000, 100), self.isQuick ? "4" : "6", self.programs.child]
        let many = ["S4", "5000", "8", self.programs.child]
        let few = self.both("S4-1000", some, rounds: 3, bars)
        return self.isQuick ? [few] : [few, self.both("S4-5000", many, rounds: 4, bars)]
    }

    var rest: [Comparison] {
        let jobs = self.size(1000, 50)
        let monitor = ["S7", "terminal", jobs, self.size(4, 1), "100", self.programs.child]
        return [
            self.both(
                "S5",
                ["S5", self.size(50_000, 20_000)],
                rounds: 5,
                [("us", .ratioAtMost(1.05)), ("cpu_us", .none)]
            ),
            self.both(
                "S6",
                ["S6", self.size(1_000_000, 100_000)],
                rounds: 7,
                [("ns", .ratioAtMost(2.5))]
            ),
            self.both(
                "S6b",
                ["S6b", self.size(10_000_000, 1_000_000), "64"],
                rounds: 5,
                [("ns", .atMost(20))]
            ),
            self.both(
                "S7",
                monitor + [Measurement.newFolder],
                rounds: 3,
                [
                    ("cpu_us_per_line", .ratioAtMost(1.5)), ("bytes", .atMost(24576)),
                    ("lines_per_read", .none), ("lines_per_s", .none), ("lost_lines", .atMost(0)),
                ]
            ),
        ]
    }
}
