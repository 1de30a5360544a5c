// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Steady counts of the hot paths, which say more than times on a machine that others use too.
///
/// A scenario is run at two sizes. What the larger one takes more, divided by how much larger it is, is what
/// one of its things takes: what happens once does not count.
struct Counting {
    /// One path.
    private struct Path {
        let name: String
        let isOnFloor: Bool
        let counts: [Count]
        /// The scenario at a size.
        let arguments: (Int) -> [String]
        let size: Int
        /// What to divide by, if the program says it; else the size.
        var metric: String?
        /// What allocations may be at most, where that was promised.
        var allocations: Double?
    }

    private enum Count: String {
        case instructions
        case systemCalls = "system_calls"
        case allocations
    }

    private let programs: Programs

    init(_ programs: Programs) {
        self.programs = programs
    }

    func run() {
        say("path count ours floor")
        for path in self.paths {
            for count in path.counts {
                let ours = self.text(path, count, self.programs.ours)
                let floor = path.isOnFloor ? self.text(path, count, self.programs.floor) : "-"
                say(path.name, count.rawValue, ours, floor)
            }
        }
    }

    private var paths: [Path] {
        [
            self.path("timer", 20_000) { ["S2", "\($0)"] },
            self.path("cancelled_timer", 20_000) { ["S2b", "\($0)", "1000"] },
            self.path("reset", 1_000_000) { ["S2c", "\($0)"] },
            self.path("chain_of_ten", 20_000) { ["S6", "\($0)"] },
            self.path("turn", 20_000, [.instructions, .systemCalls, .allocations]) {
                ["turns", "\($0)"]
            },
            self.path("monitored_chunk", 1_000_000) { ["S6b", "\($0)", "64"] },
            Path(
                name: "heartbeat",
                isOnFloor: false,
                counts: [.instructions, .allocations],
                arguments: { ["beats", "\($0)"] },
                size: 500
            ),
            Path(
                name: "output_chunk",
                isOnFloor: true,
                counts: [.instructions, .systemCalls, .allocations],
                arguments: { ["S3", "pipe", "\($0)", "65536", self.programs.child] },
                size: 128 << 20,
                metric: "reads"
            ),
            self.path("spawn", 200, [.instructions, .systemCalls, .allocations]) {
                ["S1", "\($0)", "0", "0", "/bin/true"]
            },
        ]
    }

    private func path(
        _ name: String,
        _ size: Int,
        _ counts: [Count] = [.instructions, .allocations],
        _ arguments: @escaping (Int) -> [String]
    ) -> Path {
        Path(name: name, isOnFloor: true, counts: counts, arguments: arguments, size: size)
    }

    private func text(_ path: Path, _ count: Count, _ program: String) -> String {
        do {
            let small = try self.total(path, count, program, path.size)
            let large = try self.total(path, count, program, path.size * 3)
            return String(format: "%.4g", (large.count - small.count) / (large.size - small.size))
        } catch {
            return "failed(\("\(error)".prefix(80).replacing(" ", with: "_")))"
        }
    }

    private func total(
        _ path: Path,
        _ count: Count,
        _ program: String,
        _ size: Int
    ) throws -> (count: Double, size: Double) {
        let command = [program] + path.arguments(size)
        let measurement: Measurement
        let total: Double
        switch count {
        case .instructions:
            measurement = try Measurement(
                ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"] + command
            )
            total = try Self.number(after: "Collected : ", in: measurement.complaints)
        case .systemCalls:
            // Without -f: children are not followed.
            measurement = try Measurement(["strace", "-c", "-U", "calls,name"] + command)
            total = try Self.totalOfCalls(measurement.complaints)
        case .allocations:
            measurement = try Measurement(
                command,
                environment: ["LD_PRELOAD": self.programs.allocationCounter]
            )
            total = try measurement.value("allocations")
        }
        return (total, try path.metric.map { try measurement.value($0) } ?? Double(size))
    }

    private static func number(after label: String, in text: String) throws -> Double {
        guard let range = text.range(of: label),
            let number = Double(text[range.upperBound...].prefix { $0.isNumber })
        else { throw Measurement.Failure(description: "there is no count") }
        return number
    }

    /// The last line of strace's table: the sum, and the word "total".
    private static func totalOfCalls(_ text: String) throws -> Double {
        for line in text.split(separator: "\n") where line.hasSuffix(" total") {
            if let word = line.split(separator: " ").first, let number = Double(word) {
                return number
            }
        }
        throw Measurement.Failure(description: "there is no sum of calls")
    }
}
